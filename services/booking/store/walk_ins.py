"""Walk-ins of service points, by local date."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from psycopg.rows import class_row

from shared.db import Connection, value_of

COLUMNS = (
    "id, region, organisation_id, service_point_id, tutor_id, date, number, state, topic, minutes_helped, device, "
    "came_at, called_at, ended_at, noted_by"
)


@dataclass(frozen=True)
class WalkInRow:
    """Somebody who came without a time."""

    id: uuid.UUID
    region: str
    organisation_id: uuid.UUID | None
    service_point_id: uuid.UUID
    tutor_id: uuid.UUID | None
    date: dt.date
    number: int | None
    state: str
    topic: str | None
    minutes_helped: int | None
    device: str | None
    came_at: dt.datetime
    called_at: dt.datetime | None
    ended_at: dt.datetime | None
    noted_by: str


INSERT = f"""
    INSERT INTO walk_in ({COLUMNS})
    VALUES (%(id)s, %(region)s, %(organisation_id)s, %(service_point_id)s, %(tutor_id)s, %(date)s, %(number)s,
            %(state)s, %(topic)s, %(minutes_helped)s, %(device)s, %(came_at)s, %(called_at)s, %(ended_at)s,
            %(noted_by)s)
"""
# Numbers are drawn by one transaction at a time for each service point.
LOCK_QUEUE = "SELECT pg_advisory_xact_lock(hashtextextended('vuoro.queue:' || %(point)s::uuid, 0))"
NEXT_NUMBER = """
    SELECT coalesce(max(number), 0) + 1 FROM walk_in WHERE service_point_id = %(point)s AND date = %(date)s
"""
# Two who call at once call two numbers, and neither waits for the other.
CALL_NEXT = f"""
    UPDATE walk_in SET state = 'called', called_at = %(now)s, noted_by = %(by)s
    WHERE id = (
        SELECT id FROM walk_in WHERE service_point_id = %(point)s AND date = %(date)s AND state = 'waiting'
        ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING {COLUMNS}
"""
END = """
    UPDATE walk_in
    SET state = %(state)s, topic = %(topic)s, minutes_helped = %(minutes_helped)s, device = %(device)s,
        tutor_id = %(tutor_id)s, noted_by = %(noted_by)s, ended_at = %(ended_at)s
    WHERE id = %(id)s
"""
LOCK = f"SELECT {COLUMNS} FROM walk_in WHERE id = %(id)s FOR UPDATE"
GET = f"SELECT {COLUMNS} FROM walk_in WHERE id = %(id)s"
PUT_BACK = """
    UPDATE walk_in
    SET state = CASE WHEN called_at IS NULL THEN 'waiting' ELSE 'called' END, ended_at = NULL, topic = NULL,
        minutes_helped = NULL, device = NULL
    WHERE id = %(id)s
"""
DELETE = "DELETE FROM walk_in WHERE id = %(id)s"
OF_DAY = f"""
    SELECT {COLUMNS} FROM walk_in WHERE service_point_id = %(point)s AND date = %(date)s ORDER BY came_at DESC, id DESC
"""


async def insert(connection: Connection, row: WalkInRow) -> None:
    """Keep a walk-in."""
    await connection.execute(INSERT, asdict(row))


async def draw_number(connection: Connection, point: uuid.UUID, date: dt.date) -> int:
    """Return the next number of a service point's queue on a day; it is this transaction's alone."""
    await connection.execute(LOCK_QUEUE, {"point": point})
    number: int = await value_of(connection, NEXT_NUMBER, {"point": point, "date": date})
    return number


async def call_next(
    connection: Connection, point: uuid.UUID, date: dt.date, now: dt.datetime, by: str
) -> WalkInRow | None:
    """Call who has waited longest, and return them; None when nobody waits."""
    return await _one(connection, CALL_NEXT, {"point": point, "date": date, "now": now, "by": by})


async def end(connection: Connection, row: WalkInRow) -> None:
    """Keep how it ended for somebody, in place of what was said before."""
    await connection.execute(END, asdict(row))


async def lock(connection: Connection, walk_in: uuid.UUID) -> WalkInRow | None:
    """Lock a walk-in and return it; None when there is none."""
    return await _one(connection, LOCK, {"id": walk_in})


async def get(connection: Connection, walk_in: uuid.UUID) -> WalkInRow | None:
    """Return a walk-in; None when there is none."""
    return await _one(connection, GET, {"id": walk_in})


async def put_back(connection: Connection, walk_in: uuid.UUID) -> None:
    """Put somebody whose turn was ended back to where they were in the queue."""
    await connection.execute(PUT_BACK, {"id": walk_in})


async def delete(connection: Connection, walk_in: uuid.UUID) -> None:
    """Remove a walk-in."""
    await connection.execute(DELETE, {"id": walk_in})


async def of_day(connection: Connection, point: uuid.UUID, date: dt.date) -> list[WalkInRow]:
    """Return the walk-ins of a service point on a local date, the newest first."""
    cursor = connection.cursor(row_factory=class_row(WalkInRow))
    await cursor.execute(OF_DAY, {"point": point, "date": date})
    return await cursor.fetchall()


async def _one(connection: Connection, query: str, values: Mapping[str, object]) -> WalkInRow | None:
    cursor = connection.cursor(row_factory=class_row(WalkInRow))
    await cursor.execute(query, values)
    return await cursor.fetchone()

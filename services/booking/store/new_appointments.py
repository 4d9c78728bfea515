"""What was booked for a tutor since they last looked, and until when they have."""

import datetime as dt
import uuid
from dataclasses import dataclass

from psycopg.rows import class_row

from shared.db import Connection, value_of

SEEN_UNTIL = "SELECT seen_until FROM new_appointments WHERE tutor_id = %(tutor)s"
# Two windows of one tutor may tell this in any order.
SET_SEEN = """
    INSERT INTO new_appointments (tutor_id, seen_until) VALUES (%(tutor)s, %(until)s)
    ON CONFLICT (tutor_id) DO UPDATE SET seen_until = greatest(new_appointments.seen_until, excluded.seen_until)
"""
REMOVE = "DELETE FROM new_appointments WHERE tutor_id = %(tutor)s"
# Those that came first, and all that came with the last of them: "seen until then" is true of each. What the tutor did
# themself is no news to them.
CAME_SINCE = """
    SELECT a.id, came.at, count(*) OVER () AS of
    FROM appointment a CROSS JOIN LATERAL (
        SELECT max(at) AS at FROM transition
        WHERE appointment_id = a.id AND step IN ('book', 'move', 'reassign') AND caller <> %(caller)s) AS came
    WHERE a.tutor_id = %(tutor)s AND a.starts > %(now)s AND a.state = 'booked' AND came.at > %(since)s
    ORDER BY came.at FETCH FIRST %(limit)s ROWS WITH TIES
"""


@dataclass(frozen=True)
class Came:
    """An appointment that came to a tutor at `at`, one of so many."""

    id: uuid.UUID
    at: dt.datetime
    of: int


async def seen_until(connection: Connection, tutor: uuid.UUID) -> dt.datetime | None:
    """Return until when a tutor has seen what was booked for them; None for one who has never said so."""
    found: dt.datetime | None = await value_of(connection, SEEN_UNTIL, {"tutor": tutor})
    return found


async def set_seen(connection: Connection, tutor: uuid.UUID, until: dt.datetime) -> None:
    """Note until when a tutor has seen it; never less than they have said before."""
    await connection.execute(SET_SEEN, {"tutor": tutor, "until": until})


async def remove(connection: Connection, tutor: uuid.UUID) -> None:
    """Forget it."""
    await connection.execute(REMOVE, {"tutor": tutor})


async def came_since(
    connection: Connection, tutor: uuid.UUID, caller: str, since: dt.datetime, *, now: dt.datetime, limit: int
) -> list[Came]:
    """Return the first `limit` visits to come that came to a tutor after `since`, by others than `caller`."""
    cursor = connection.cursor(row_factory=class_row(Came))
    values = {"tutor": tutor, "caller": caller, "since": since, "now": now, "limit": limit}
    await cursor.execute(CAME_SINCE, values)
    return await cursor.fetchall()

"""The queue of those who wait for a time."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from services.booking.domain.waiting import WaitingState
from shared.db import Connection


@dataclass(frozen=True)
class Waiting:
    """A place in the queue."""

    id: uuid.UUID
    region: str
    asked_at: dt.datetime
    state: WaitingState
    topic: str
    wish: dict[str, Any]
    until: dt.datetime
    offered_until: dt.datetime | None
    appointment_id: uuid.UUID | None
    asked_by: str


COLUMNS = ", ".join(Waiting.__dataclass_fields__)
GET = f"SELECT {COLUMNS} FROM waiting WHERE id = %(id)s"
INSERT = """
    INSERT INTO waiting (id, region, asked_at, state, topic, wish, until, asked_by, token_hash)
    VALUES (%(id)s, %(region)s, %(asked_at)s, 'waiting', %(topic)s, %(wish)s, %(until)s, %(asked_by)s,
            %(token_hash)s)
"""
INSERT_CITIZEN = """
    INSERT INTO waiting_citizen (waiting_id, name, phone, email, language)
    VALUES (%(id)s, %(name)s, %(phone)s, %(email)s, %(language)s)
"""


async def insert(connection: Connection, row: dict[str, Any], citizen: dict[str, Any]) -> None:
    """Put somebody at the end of the line."""
    await connection.execute(INSERT, {**row, "wish": Jsonb(row["wish"])})
    await connection.execute(INSERT_CITIZEN, {**citizen, "id": row["id"]})


async def get(connection: Connection, waiting: uuid.UUID, *, lock: bool = False) -> Waiting | None:
    """The place in the queue called that."""
    cursor = connection.cursor(row_factory=class_row(Waiting))
    await cursor.execute(GET + (" FOR UPDATE" if lock else ""), {"id": waiting})
    return await cursor.fetchone()


CITIZEN = "SELECT name, phone, email, language FROM waiting_citizen WHERE waiting_id = %(id)s"
BY_TOKEN = "SELECT id FROM waiting WHERE token_hash = %(hash)s"


async def citizen(connection: Connection, waiting: uuid.UUID) -> dict[str, str | None] | None:
    """Who waits."""
    row = await (await connection.execute(CITIZEN, {"id": waiting})).fetchone()
    return dict(zip(("name", "phone", "email", "language"), row, strict=True)) if row else None


async def by_token(connection: Connection, token_hash: bytes) -> uuid.UUID | None:
    """The place in the queue that a citizen's key opens."""
    row = await (await connection.execute(BY_TOKEN, {"hash": token_hash})).fetchone()
    return row[0] if row else None


# First come, first served. Who is being dealt with elsewhere is left to that transaction.
IN_LINE = f"""
    SELECT {COLUMNS} FROM waiting w
    WHERE state = 'waiting' AND until > %(now)s
      AND (%(tutors)s::uuid[] IS NULL OR EXISTS (
          SELECT FROM tutor t
          WHERE t.id = ANY (%(tutors)s::uuid[]) AND t.region = w.region AND w.topic = ANY (t.topics)))
    ORDER BY asked_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""


LINE = "SELECT id FROM waiting WHERE state = 'waiting' AND until > %(now)s ORDER BY asked_at, id"


async def line(connection: Connection, now: dt.datetime) -> list[uuid.UUID]:
    """All who wait, in their order."""
    return [row[0] for row in await (await connection.execute(LINE, {"now": now})).fetchall()]


async def in_line(
    connection: Connection, now: dt.datetime, *, tutors: Sequence[uuid.UUID] | None = None, limit: int = 100
) -> list[Waiting]:
    """The first of those who wait, in their order; with `tutors`, for what these could give."""
    cursor = connection.cursor(row_factory=class_row(Waiting))
    values = {"now": now, "tutors": list(tutors) if tutors is not None else None, "limit": limit}
    await cursor.execute(IN_LINE, values)
    return await cursor.fetchall()


OFFER = """
    UPDATE waiting SET state = 'offered', offered_until = %(until)s, appointment_id = %(appointment)s
    WHERE id = %(id)s
"""
BACK = """
    UPDATE waiting SET state = 'waiting', offered_until = NULL, appointment_id = NULL, asked_at = %(now)s,
        wish = %(wish)s
    WHERE id = %(id)s
"""
CLOSE = "UPDATE waiting SET state = %(state)s, offered_until = NULL WHERE id = %(id)s"
FORGET = "DELETE FROM waiting_citizen WHERE waiting_id = %(id)s"
UNANSWERED = """
    SELECT id FROM waiting WHERE state = 'offered' AND offered_until <= %(now)s ORDER BY offered_until LIMIT 100
"""
OVER = "SELECT id FROM waiting WHERE state = 'waiting' AND until <= %(now)s LIMIT 100"


async def offer(connection: Connection, waiting: uuid.UUID, appointment: uuid.UUID, until: dt.datetime) -> None:
    """Note that a time is kept for somebody, who may answer until then."""
    await connection.execute(OFFER, {"id": waiting, "appointment": appointment, "until": until})


async def back_to_the_end(connection: Connection, waiting: uuid.UUID, now: dt.datetime, wish: dict[str, Any]) -> None:
    """Who did not answer waits on, behind the others."""
    await connection.execute(BACK, {"id": waiting, "now": now, "wish": Jsonb(wish)})


async def close(connection: Connection, waiting: uuid.UUID, state: WaitingState) -> None:
    """End the waiting, and forget who waited."""
    await connection.execute(CLOSE, {"id": waiting, "state": state})
    await connection.execute(FORGET, {"id": waiting})


async def unanswered(connection: Connection, now: dt.datetime) -> list[uuid.UUID]:
    """Those whose time to answer is over."""
    return [row[0] for row in await (await connection.execute(UNANSWERED, {"now": now})).fetchall()]


async def over(connection: Connection, now: dt.datetime) -> list[uuid.UUID]:
    """Those whose last day has passed."""
    return [row[0] for row in await (await connection.execute(OVER, {"now": now})).fetchall()]

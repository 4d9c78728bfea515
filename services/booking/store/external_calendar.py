"""Tutors' external calendars: when they were read, and when they say that the tutor is busy."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from shared.db import Connection
from shared.intervals import Interval
from shared.schemas.booking import CalendarDoubt

EVERY = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class ExternalCalendarRow:
    """How reading a tutor's external calendar goes. Its address is a secret."""

    tutor_id: uuid.UUID
    url: str
    checked_at: dt.datetime | None
    fresh_at: dt.datetime | None
    failing_since: dt.datetime | None
    failure: str | None
    doubts: dict[CalendarDoubt, int]


# The tables are called own_calendar and busy_elsewhere (docs/decisions/0007).
GET = """
    SELECT tutor_id, url, checked_at, fresh_at, failing_since, failure, doubts FROM own_calendar
    WHERE tutor_id = %(tutor)s
"""
SET = """
    INSERT INTO own_calendar (tutor_id, url) VALUES (%(tutor)s, %(url)s)
    ON CONFLICT (tutor_id) DO UPDATE SET url = excluded.url, checked_at = NULL, fresh_at = NULL, failing_since = NULL,
        failure = NULL, doubts = '{}'
"""
REMOVE = "DELETE FROM own_calendar WHERE tutor_id = %(tutor)s"


async def get(connection: Connection, tutor: uuid.UUID) -> ExternalCalendarRow | None:
    """Return a tutor's external calendar; None when they have given none."""
    cursor = connection.cursor(row_factory=class_row(ExternalCalendarRow))
    await cursor.execute(GET, {"tutor": tutor})
    return await cursor.fetchone()


async def set_url(connection: Connection, tutor: uuid.UUID, url: str) -> None:
    """Set the address of a tutor's external calendar, to be read at the next round."""
    await connection.execute(SET, {"tutor": tutor, "url": url})


async def remove(connection: Connection, tutor: uuid.UUID) -> None:
    """Remove a tutor's external calendar, and what it said."""
    await connection.execute(REMOVE, {"tutor": tutor})
    await connection.execute(FORGET, {"tutor": tutor})


DUE = """
    SELECT tutor_id FROM own_calendar WHERE checked_at IS NULL OR checked_at <= %(before)s
    ORDER BY checked_at NULLS FIRST LIMIT 50
"""
BEGIN = """
    UPDATE own_calendar SET checked_at = %(now)s
    WHERE tutor_id = %(tutor)s AND (checked_at IS NULL OR checked_at <= %(before)s) RETURNING url
"""
BUSY = "SELECT starts, ends FROM busy_elsewhere WHERE tutor_id = %(tutor)s ORDER BY starts, ends"
FORGET = "DELETE FROM busy_elsewhere WHERE tutor_id = %(tutor)s"
INSERT = """
    INSERT INTO busy_elsewhere (tutor_id, starts, ends)
    SELECT %(tutor)s, starts, ends
    FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS busy (starts, ends)
"""
FRESH = """
    UPDATE own_calendar SET fresh_at = %(now)s, failing_since = NULL, failure = NULL, doubts = %(doubts)s
    WHERE tutor_id = %(tutor)s
"""
FAILED = """
    UPDATE own_calendar SET failing_since = coalesce(failing_since, %(now)s), failure = %(failure)s
    WHERE tutor_id = %(tutor)s AND url = %(url)s
"""
# The row is kept from being changed until the transaction ends.
STILL_AT = "SELECT 1 FROM own_calendar WHERE tutor_id = %(tutor)s AND url = %(url)s FOR UPDATE"


async def due(connection: Connection, now: dt.datetime) -> list[uuid.UUID]:
    """Return whose calendar has not been looked at for a quarter of an hour."""
    return [row[0] for row in await (await connection.execute(DUE, {"before": now - EVERY})).fetchall()]


async def begin_reading(connection: Connection, tutor: uuid.UUID, now: dt.datetime) -> str | None:
    """Return the address to read, if it is due, and note that it is looked at, so that no other worker does it, too."""
    row = await (await connection.execute(BEGIN, {"tutor": tutor, "now": now, "before": now - EVERY})).fetchone()
    return row[0] if row else None


async def still_at(connection: Connection, tutor: uuid.UUID, url: str) -> bool:
    """Return whether a tutor's external calendar is still at that address; it stays so until the transaction ends."""
    return await (await connection.execute(STILL_AT, {"tutor": tutor, "url": url})).fetchone() is not None


async def busy(connection: Connection, tutor: uuid.UUID) -> list[Interval]:
    """Return when a tutor's external calendar says that they are busy."""
    cursor = await connection.execute(BUSY, {"tutor": tutor})
    return [Interval(starts, ends) for starts, ends in await cursor.fetchall()]


async def replace_busy(connection: Connection, tutor: uuid.UUID, intervals: Sequence[Interval]) -> None:
    """Make these all the times when a tutor's external calendar says that they are busy."""
    await connection.execute(FORGET, {"tutor": tutor})
    values = {"tutor": tutor, "starts": [each.start for each in intervals], "ends": [each.end for each in intervals]}
    await connection.execute(INSERT, values)


async def mark_read(
    connection: Connection, tutor: uuid.UUID, now: dt.datetime, doubts: Mapping[CalendarDoubt, int]
) -> None:
    """Note that a calendar was read, and what of it was in doubt."""
    await connection.execute(FRESH, {"tutor": tutor, "now": now, "doubts": Jsonb(dict(doubts))})


async def mark_failed(connection: Connection, tutor: uuid.UUID, url: str, now: dt.datetime, failure: str) -> None:
    """Note that a calendar could not be read, if it is still at that address; what was last known stays."""
    await connection.execute(FAILED, {"tutor": tutor, "url": url, "now": now, "failure": failure})

"""Tutors' own calendars: when they were read, and when they say that the tutor is busy."""

import datetime as dt
import uuid
from collections.abc import Sequence

from shared.db import Connection
from shared.intervals import Interval

EVERY = dt.timedelta(minutes=15)

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
    UPDATE own_calendar SET fresh_at = %(now)s, failing_since = NULL, failure = NULL WHERE tutor_id = %(tutor)s
"""
FAILED = """
    UPDATE own_calendar SET failing_since = coalesce(failing_since, %(now)s), failure = %(failure)s
    WHERE tutor_id = %(tutor)s
"""


async def due(connection: Connection, now: dt.datetime) -> list[uuid.UUID]:
    """Whose calendar has not been looked at for a quarter of an hour."""
    return [row[0] for row in await (await connection.execute(DUE, {"before": now - EVERY})).fetchall()]


async def begin(connection: Connection, tutor: uuid.UUID, now: dt.datetime) -> str | None:
    """The address to read, if it is due; noted as looked at, so that no other worker does it too."""
    row = await (await connection.execute(BEGIN, {"tutor": tutor, "now": now, "before": now - EVERY})).fetchone()
    return row[0] if row else None


async def busy(connection: Connection, tutor: uuid.UUID) -> list[Interval]:
    """When a tutor is known to be busy elsewhere."""
    cursor = await connection.execute(BUSY, {"tutor": tutor})
    return [Interval(starts, ends) for starts, ends in await cursor.fetchall()]


async def replace(connection: Connection, tutor: uuid.UUID, intervals: Sequence[Interval]) -> None:
    """Make these all the times when a tutor is busy elsewhere."""
    await connection.execute(FORGET, {"tutor": tutor})
    values = {"tutor": tutor, "starts": [each.start for each in intervals], "ends": [each.end for each in intervals]}
    await connection.execute(INSERT, values)


async def fresh(connection: Connection, tutor: uuid.UUID, now: dt.datetime) -> None:
    """Note that a calendar was read."""
    await connection.execute(FRESH, {"tutor": tutor, "now": now})


async def failed(connection: Connection, tutor: uuid.UUID, now: dt.datetime, failure: str) -> None:
    """Note that a calendar could not be read; what was last known stays."""
    await connection.execute(FAILED, {"tutor": tutor, "now": now, "failure": failure})

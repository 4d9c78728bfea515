"""Whose free spans are up to date: how far they were worked out, and who is behind."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence

from shared.db import Connection

STALE_TUTORS = """
    SELECT id FROM tutor WHERE refreshed_on IS NULL OR (active AND refreshed_on < %(today)s)
    ORDER BY refreshed_on NULLS FIRST, id LIMIT %(limit)s
"""
STALE_POINTS = """
    SELECT id FROM service_point WHERE refreshed_on IS NULL OR (drop_in <> '[]' AND refreshed_on < %(today)s)
    ORDER BY refreshed_on NULLS FIRST, id LIMIT %(limit)s
"""


async def stale_tutors(connection: Connection, today: dt.date, limit: int) -> list[uuid.UUID]:
    """Return some tutors whose free spans are stale, or do not reach the horizon of today yet."""
    cursor = await connection.execute(STALE_TUTORS, {"today": today, "limit": limit})
    return [row[0] for row in await cursor.fetchall()]


async def stale_points(connection: Connection, today: dt.date, limit: int) -> list[uuid.UUID]:
    """Return some service points whose drop-in windows are stale."""
    cursor = await connection.execute(STALE_POINTS, {"today": today, "limit": limit})
    return [row[0] for row in await cursor.fetchall()]


FRESH_TUTORS = """
    UPDATE tutor SET refreshed_on = %(today)s, pooled = id = ANY (%(pooled)s::uuid[])
    WHERE id = ANY (%(tutors)s::uuid[])
"""
FRESH_POINT = "UPDATE service_point SET refreshed_on = %(today)s WHERE id = %(point)s"


async def mark_fresh(
    connection: Connection, tutors: Sequence[uuid.UUID], today: dt.date, *, pooled: Collection[uuid.UUID]
) -> None:
    """Note that these tutors' free spans are worked out as far as the horizon of today, and which of them depend on
    other tutors' time or on rooms."""
    await connection.execute(FRESH_TUTORS, {"tutors": list(tutors), "today": today, "pooled": list(pooled)})


async def mark_point_fresh(connection: Connection, point: uuid.UUID, today: dt.date) -> None:
    """Note that a service point's drop-in windows are laid out from today on."""
    await connection.execute(FRESH_POINT, {"point": point, "today": today})


STALE = "UPDATE tutor SET refreshed_on = NULL WHERE id = ANY (%(tutors)s::uuid[])"
STALE_POINT = "UPDATE service_point SET refreshed_on = NULL WHERE id = ANY (%(points)s::uuid[])"
KNOWN = "SELECT id FROM tutor WHERE refreshed_on IS NOT NULL ORDER BY id"


async def mark_stale(connection: Connection, tutors: Sequence[uuid.UUID]) -> None:
    """Note that these tutors' free spans are to be worked out anew."""
    if tutors:
        await connection.execute(STALE, {"tutors": list(tutors)})


async def mark_points_stale(connection: Connection, points: Sequence[uuid.UUID]) -> None:
    """Note that these service points' drop-in windows are to be laid out anew."""
    if points:
        await connection.execute(STALE_POINT, {"points": list(points)})


async def fresh_tutors(connection: Connection) -> list[uuid.UUID]:
    """Return the tutors whose free spans were worked out before and are not waiting to be worked out anew."""
    return [row[0] for row in await (await connection.execute(KNOWN)).fetchall()]

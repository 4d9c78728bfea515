"""Whose free spans are up to date: how far they were worked out, and who is behind."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence

from shared.db import Connection

# A day begins, and brings a new date of the horizon, when it does on the tutor's own wall. The few who have a wall of
# their own are looked at one by one, the others by the index.
STALE_TUTORS = """
    SELECT id, refreshed_on FROM tutor WHERE refreshed_on IS NULL
    UNION ALL
    SELECT id, refreshed_on FROM tutor
    WHERE active AND refreshed_on < (%(now)s AT TIME ZONE %(zone)s)::date
      AND NOT EXISTS (SELECT FROM tutor_time own WHERE own.tutor_id = tutor.id AND own.zone <> %(zone)s)
    UNION ALL
    SELECT id, refreshed_on FROM tutor JOIN tutor_time own ON own.tutor_id = tutor.id
    WHERE own.zone <> %(zone)s AND active AND refreshed_on < (%(now)s AT TIME ZONE own.zone)::date
    ORDER BY refreshed_on NULLS FIRST, id LIMIT %(limit)s
"""
STALE_POINTS = """
    SELECT id FROM service_point WHERE refreshed_on IS NULL OR (drop_in <> '[]' AND refreshed_on < %(today)s)
    ORDER BY refreshed_on NULLS FIRST, id LIMIT %(limit)s
"""


async def stale_tutors(connection: Connection, now: dt.datetime, zone: str, limit: int) -> list[uuid.UUID]:
    """Return some tutors whose free spans are stale, or do not reach the horizon of today yet. `zone` is that of tutors
    who have set none."""
    cursor = await connection.execute(STALE_TUTORS, {"now": now, "zone": zone, "limit": limit})
    return [row[0] for row in await cursor.fetchall()]


async def stale_points(connection: Connection, today: dt.date, limit: int) -> list[uuid.UUID]:
    """Return some service points whose drop-in windows are stale."""
    cursor = await connection.execute(STALE_POINTS, {"today": today, "limit": limit})
    return [row[0] for row in await cursor.fetchall()]


LOCK_MARKS = "SELECT FROM tutor WHERE id = ANY (%(tutors)s::uuid[]) ORDER BY id FOR NO KEY UPDATE"


async def lock_marks(connection: Connection, tutors: Sequence[uuid.UUID]) -> None:
    """Let nobody mark these tutors stale until the transaction ends, so that it is not forgotten when they are marked
    fresh: by what is read from now on."""
    await connection.execute(LOCK_MARKS, {"tutors": list(tutors)})


FRESH_TUTORS = """
    UPDATE tutor SET pooled = id = ANY (%(pooled)s::uuid[]), refreshed_on = (%(now)s AT TIME ZONE coalesce(
        (SELECT own.zone FROM tutor_time own WHERE own.tutor_id = tutor.id), %(zone)s))::date
    WHERE id = ANY (%(tutors)s::uuid[])
"""
FRESH_POINT = "UPDATE service_point SET refreshed_on = %(today)s WHERE id = %(point)s"


async def mark_fresh(
    connection: Connection,
    tutors: Sequence[uuid.UUID],
    now: dt.datetime,
    zone: str,
    *,
    pooled: Collection[uuid.UUID],
) -> None:
    """Note that these tutors' free spans are worked out as far as the horizon of today, on their own wall or that of
    `zone`, and which of them depend on other tutors' time or on rooms."""
    values = {"tutors": list(tutors), "now": now, "zone": zone, "pooled": list(pooled)}
    await connection.execute(FRESH_TUTORS, values)


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

"""Who came to a service point without a time, and what its wall shows."""

import datetime as dt
import uuid
from collections import Counter
from dataclasses import replace
from zoneinfo import ZoneInfo

from services.booking import access
from services.booking.domain.walk_ins import on_wall
from services.booking.domain.wall_time import local_date
from services.booking.store import copies
from services.booking.store import walk_ins as store
from services.booking.store.walk_ins import WalkInRow
from shared.auth import Principal
from shared.db import Connection
from shared.problems import NotFound
from shared.schemas import booking as wire


async def walk_in(connection: Connection, walk_in_id: uuid.UUID, zone: str) -> wire.WalkIn:
    """Return a walk-in. Raises NotFound."""
    row = await store.get(connection, walk_in_id)
    if row is None:
        raise NotFound
    return _shown(row, zone)


def _shown(row: WalkInRow, zone: str) -> wire.WalkIn:
    local = ZoneInfo(zone)
    return wire.WalkIn.model_validate(
        replace(
            row,
            came_at=row.came_at.astimezone(local),
            called_at=row.called_at and row.called_at.astimezone(local),
            ended_at=row.ended_at and row.ended_at.astimezone(local),
        )
    )


async def tally(
    connection: Connection, caller: Principal, point: uuid.UUID, date: dt.date | None, *, now: dt.datetime, zone: str
) -> wire.WalkInTally:
    """Return the walk-ins of a service point on a local date, today's by default. Raises Unauthenticated, Forbidden,
    InvalidReference."""
    await access.reception_at(connection, caller, point, "walk-ins:read", now=now)
    rows = await store.of_day(connection, point, date or local_date(now, zone))
    counts = Counter(row.state for row in rows)
    return wire.WalkInTally(
        items=[_shown(row, zone) for row in rows],
        waiting=counts["waiting"],
        helped=counts["helped"],
        turned_away=counts["turned_away"],
        left=counts["left"],
    )


async def queue(connection: Connection, point: uuid.UUID, *, now: dt.datetime, zone: str) -> wire.Queue:
    """Return what everybody may see of a service point's queue today: numbers. Raises NotFound."""
    if await copies.service_point(connection, point) is None:
        raise NotFound
    rows = await store.of_day(connection, point, local_date(now, zone))
    called = [(row.called_at, row.number) for row in rows if row.state == "called" and row.called_at and row.number]
    return wire.Queue(called=on_wall(called), waiting=sum(row.state == "waiting" for row in rows))

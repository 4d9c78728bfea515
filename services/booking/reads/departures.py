"""What stands in the way of somebody's leaving: visits that are still to come."""

import datetime as dt
from zoneinfo import ZoneInfo

from services.booking.store import departures as store
from services.booking.store.departures import Leaver, VisitTime
from shared.db import Connection
from shared.schemas import booking as wire


async def to_come(connection: Connection, leaver: Leaver, now: dt.datetime, zone: str) -> wire.AppointmentsToCome:
    """Return the appointments that are still to come with a tutor, or at a service point."""
    rows = await store.to_come(connection, leaver, now, zone)
    return wire.AppointmentsToCome(items=[visit_time(row, zone) for row in rows])


def visit_time(row: VisitTime, zone: str) -> wire.ToCome:
    """Return when a visit is, without its citizen."""
    place = ZoneInfo(zone)
    return wire.ToCome(id=row.id, start=row.starts.astimezone(place), end=row.ends.astimezone(place))

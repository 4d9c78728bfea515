"""Closings of service points, as they are shown."""

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

from services.booking.store import hours as store
from services.booking.store.hours import ClosingRow
from shared.db import Connection
from shared.problems import NotFound
from shared.schemas import booking as wire


async def closings(connection: Connection, point: uuid.UUID, now: dt.datetime, zone: str) -> wire.Closings:
    """Return a service point's closings that are not over."""
    rows = await store.coming(connection, ClosingRow, "service_point_id", point, now)
    return wire.Closings(items=[_closing(row, zone) for row in rows])


async def one_closing(connection: Connection, closing: uuid.UUID, zone: str) -> wire.Closing:
    """Return a closing. Raises NotFound."""
    row = await store.get(connection, ClosingRow, closing)
    if row is None:
        raise NotFound
    return _closing(row, zone)


def _closing(row: ClosingRow, zone: str) -> wire.Closing:
    return wire.Closing(
        id=row.id,
        service_point_id=row.service_point_id,
        start=row.starts.astimezone(ZoneInfo(zone)),
        end=row.ends.astimezone(ZoneInfo(zone)),
    )

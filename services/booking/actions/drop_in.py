"""Laying out service points' drop-in windows as free spans of one start."""

import datetime as dt
import uuid

from services.booking.domain.drop_in import DROP_IN_DAYS, DropInWindow, windows_ahead
from services.booking.domain.free_spans import FreeSpan
from services.booking.domain.slots import NOBODY, NOWHERE
from services.booking.domain.wall_time import DAY, MINUTE, local_date, whole_days
from services.booking.store import drop_in as store
from services.booking.store import freshness, spans
from services.booking.store.drop_in import DropInRow
from shared.db import Connection
from shared.intervals import Interval


async def refresh_drop_in(connection: Connection, point: uuid.UUID, *, now: dt.datetime, zone: str) -> None:
    """Lay out a service point's drop-in windows anew, from today on."""
    today = local_date(now, zone)
    row = await store.lock_point(connection, point)
    found = await _spans(connection, row, today, now, zone) if row is not None and row.active else []
    await spans.replace_drop_in(connection, point, found)
    await freshness.mark_point_fresh(connection, point, today)


async def _spans(connection: Connection, row: DropInRow, today: dt.date, now: dt.datetime, zone: str) -> list[FreeSpan]:
    within = whole_days(today, today + DAY * DROP_IN_DAYS, zone)
    staffed = await store.staffed_hours(connection, row.id, within)
    closings = await store.closings(connection, row.id, within)
    ahead = windows_ahead(row.windows(), staffed, closings, today=today, now=now, zone=zone)
    return [_span(row, window, interval) for window, interval in ahead]


def _span(row: DropInRow, window: DropInWindow, interval: Interval) -> FreeSpan:
    minutes = (interval.end - interval.start) // MINUTE
    return FreeSpan(
        first_start=interval.start,
        last_start=interval.start,
        free_from=None,
        tutor_id=NOBODY,
        offering_id=NOWHERE,
        service_point_id=row.id,
        step_minutes=1,
        duration_minutes=minutes,
        before_minutes=0,
        after_minutes=0,
        notice_minutes=-minutes,  # seen until it ends: its notice is its length, backwards
        seats_left=None,
        drop_in=True,
        plain=False,
        channel="on_site",
        region=row.region,
        municipality=row.municipality,
        languages=window.languages,
        features=tuple(row.features),
        topics=tuple(sorted(set(window.topics))),
    )

"""Tutors' external calendars, so that nobody is booked while they are busy there."""

import datetime as dt
import uuid

import httpx2

from services.booking import access
from services.booking.actions import spans
from services.booking.actions.context import Context, Done
from services.booking.actions.hours import emit_tutor_time
from services.booking.actions.locking import lock_with_colleagues
from services.booking.actions.outgoing import CalendarNotRead, check_address, fetch
from services.booking.calendars.busy import Busy
from services.booking.calendars.reading import Read
from services.booking.calendars.unreadable import Unreadable
from services.booking.domain.wall_time import DAY, local_date, whole_days
from services.booking.store import external_calendar as store
from services.booking.store import freshness
from services.booking.store.hours import zone_of
from shared import db
from shared.db import Connection, Pool
from shared.problems import field_problem
from shared.schemas import events

# Further than any offering can be booked ahead.
DAYS_AHEAD = 400


async def set_calendar(connection: Connection, context: Context, *, tutor_id: uuid.UUID, url: str) -> Done:
    """Set the address of a tutor's external calendar; it is read in the next round. Raises InvalidInput."""
    tutor = await access.tutor_of(connection, context.caller, tutor_id)
    try:
        check_address(url)
    except CalendarNotRead:
        raise field_problem("/url", "calendar") from None
    await store.set_url(connection, tutor.id, url)
    await emit_tutor_time(connection, events.ExternalCalendarChanged, tutor, tutor.id)
    return Done(tutor.id)


async def remove_calendar(connection: Connection, context: Context, *, tutor_id: uuid.UUID) -> Done:
    """Remove a tutor's external calendar, and what it said."""
    tutor = await access.tutor_of(connection, context.caller, tutor_id)
    await lock_with_colleagues(connection, [tutor.id])
    await store.remove(connection, tutor.id)
    await spans.refresh(connection, [tutor.id], now=context.now, zone=context.zone)
    await emit_tutor_time(connection, events.ExternalCalendarRemoved, tutor, tutor.id)
    return Done(tutor.id, (tutor.id,))


async def read_calendar(
    pool: Pool, tutor: uuid.UUID, *, http: httpx2.AsyncClient, read: Read, private: bool, zone: str, now: dt.datetime
) -> None:
    """Read a tutor's external calendar on the tutor's wall, and make the free spans follow. One that cannot be read
    changes nothing, and its owner sees why."""
    async with db.direct(pool) as connection:
        url = await store.begin_reading(connection, tutor, now)
        own_zone = await zone_of(connection, tutor, zone)
    if url is None:
        return
    today = local_date(now, own_zone)
    within = whole_days(today - DAY, today + DAYS_AHEAD * DAY, own_zone)
    try:
        text = await fetch(http, url, private=private)
        busy = await read(text, within, own_zone)
    except (CalendarNotRead, Unreadable) as failure:
        async with db.direct(pool) as connection:
            await store.mark_failed(connection, tutor, url, now, str(failure))
        return
    async with db.direct(pool) as connection:
        await _keep(connection, tutor, url, busy, zone, now)


async def _keep(connection: Connection, tutor: uuid.UUID, url: str, busy: Busy, zone: str, now: dt.datetime) -> None:
    """Keep what a calendar says; when it is something new, work the free spans out anew. One that was removed or has
    got another address while it was read says nothing any more."""
    await lock_with_colleagues(connection, [tutor])
    if not await store.still_at(connection, tutor, url):
        return
    if await store.busy(connection, tutor) != busy.times:
        await store.replace_busy(connection, tutor, busy.times)
        # Should the work be interrupted, the worker's next round does it.
        await freshness.mark_stale(connection, [tutor])
        await spans.refresh(connection, [tutor], now=now, zone=zone)
    await store.mark_read(connection, tutor, now, busy.doubts)

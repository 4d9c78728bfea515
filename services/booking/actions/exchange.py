"""A tutor's hours and calendars, exchanged with other programs."""

import uuid

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.booking import calendars, search
from services.booking.actions import spans, time
from services.booking.actions.context import Context
from services.booking.calendars import Unreadable, Weekly
from services.booking.domain.time import Recurrence
from services.booking.models import Availability, OwnCalendar
from services.booking.problems import CalendarRefused
from services.booking.store import elsewhere
from shared.db import driver
from shared.problems import field_problem
from shared.schemas import booking as wire
from shared.schemas import events


async def export(session: AsyncSession, context: Context, *, tutor_id: uuid.UUID | None) -> bytes:
    """A tutor's weekly hours as VAVAILABILITY."""
    tutor = await time.tutor_of(session, context.caller, tutor_id)
    rows = (await session.scalars(sa.select(Availability).where(Availability.tutor_id == tutor.id))).all()
    places = await search.places_of(await driver(session), {row.service_point_id for row in rows})
    hours = [
        Weekly(
            uid=str(row.id),
            opens=row.opens,
            closes=row.closes,
            zone=row.zone,
            recurrence=Recurrence.parse(row.starts_on, row.recurrence),
            where=places[row.service_point_id].name.best("fi") if row.service_point_id in places else None,
        )
        for row in rows
    ]
    return calendars.to_vavailability(str(tutor.id), hours, context.now)


async def take_in(
    session: AsyncSession,
    context: Context,
    *,
    text: bytes,
    tutor_id: uuid.UUID | None,
    service_point_id: uuid.UUID | None,
    standing: wire.Standing | None,
) -> uuid.UUID:
    """Make the hours of a VAVAILABILITY a tutor's weekly hours at one service point, or remotely."""
    tutor = await time.tutor_of(session, context.caller, tutor_id)
    try:
        hours = calendars.from_vavailability(text, await time.zone_of(session, tutor.id, context.zone))
    except Unreadable as unreadable:
        raise CalendarRefused(why=str(unreadable)) from None
    place = wire.WhereAndHow(service_point_id=service_point_id)
    where = await time.where(session, tutor, place)
    old = sa.select(Availability).where(
        Availability.tutor_id == tutor.id, Availability.service_point_id.is_not_distinct_from(service_point_id)
    )
    new = [
        Availability(
            region=tutor.region,
            tutor_id=tutor.id,
            opens=each.opens,
            closes=each.closes,
            zone=each.zone,
            starts_on=each.recurrence.first,
            recurrence=each.recurrence.rule,
            **where,
        )
        for each in hours
    ]
    removed = (await session.scalars(old)).all()
    await time.change(session, context, [tutor.id], put=new, remove=removed, standing=standing, reason="tutor_away")
    await time.emit_tutor_time(session, events.AvailabilityReplaced, tutor, tutor.id)
    return tutor.id


async def set_calendar(session: AsyncSession, context: Context, *, tutor_id: uuid.UUID, url: str) -> None:
    """Note the address of a tutor's own calendar; it is read in the next round."""
    tutor = await time.tutor_of(session, context.caller, tutor_id)
    if not url.isprintable() or not url.lower().startswith(("https://", "http://", "webcal://", "webcals://")):
        raise field_problem("/url", "calendar")
    row = await session.get(OwnCalendar, tutor.id)
    if row is None:
        session.add(OwnCalendar(tutor_id=tutor.id, url=url))
    else:
        row.url, row.checked_at, row.fresh_at, row.failing_since, row.failure = url, None, None, None, None
    await time.emit_tutor_time(session, events.ExternalCalendarChanged, tutor, tutor.id)


async def remove_calendar(session: AsyncSession, context: Context, *, tutor_id: uuid.UUID) -> None:
    """Forget a tutor's own calendar, and what it said."""
    tutor = await time.tutor_of(session, context.caller, tutor_id)
    connection = await driver(session)
    await spans.locked_with_mates(connection, [tutor.id])
    await session.execute(sa.delete(OwnCalendar).where(OwnCalendar.tutor_id == tutor.id))
    connection = await driver(session)
    await elsewhere.replace(connection, tutor.id, [])
    await spans.refresh(connection, [tutor.id], now=context.now, zone=context.zone)
    context.freed.append(tutor.id)
    await time.emit_tutor_time(session, events.ExternalCalendarRemoved, tutor, tutor.id)

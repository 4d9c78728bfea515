"""What is held of a tutor, what keeps them or a service point from going, and what is forgotten when they are gone."""

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.booking import views
from services.booking.actions import appointments, time
from services.booking.actions.context import Context
from services.booking.models import (
    Absence,
    Appointment,
    Availability,
    BusyElsewhere,
    Claim,
    ExtraTime,
    OwnCalendar,
    TutorTime,
)
from shared.db import Connection
from shared.problems import NotFound
from shared.schemas import booking as wire

TO_COME_SHOWN = 100
APPOINTMENTS_SHOWN = 1000
ALWAYS = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
LEFT_BEHIND = """
    SELECT a.id FROM appointment a JOIN tutor t ON t.id = a.tutor_id
    WHERE a.tutor_id = %(tutor)s AND t.ended AND a.state = 'booked' AND a.starts > %(now)s ORDER BY a.starts
"""
LEFT_AT = """
    SELECT a.id FROM appointment a JOIN service_point p ON p.id = a.service_point_id
    WHERE a.service_point_id = %(point)s AND NOT p.active AND a.state = 'booked' AND a.starts > %(now)s
    ORDER BY a.starts
"""


async def to_come(
    session: AsyncSession, *, tutor: uuid.UUID | None, service_point: uuid.UUID | None, now: dt.datetime, zone: str
) -> wire.AppointmentsToCome:
    """The appointments that are still to come with a tutor, or at a service point."""
    wanted = sa.select(Appointment).where(Appointment.state == "booked", Appointment.ends > now)
    if tutor is not None:
        beside = sa.select(Claim.session_id).where(Claim.resource_id == tutor)  # as one of several helpers, too
        wanted = wanted.where(sa.or_(Appointment.tutor_id == tutor, Appointment.session_id.in_(beside)))
    if service_point is not None:
        wanted = wanted.where(Appointment.service_point_id == service_point)
    rows = await session.scalars(wanted.order_by(Appointment.starts).limit(TO_COME_SHOWN))
    return wire.AppointmentsToCome(items=[_named(row, zone) for row in rows])


def _named(row: Appointment, zone: str) -> wire.ToCome:
    place = ZoneInfo(zone)
    return wire.ToCome(id=row.id, start=row.starts.astimezone(place), end=row.ends.astimezone(place))


async def data_of(session: AsyncSession, tutor: uuid.UUID, zone: str) -> wire.MyTime:
    """All that booking holds of a tutor."""
    appointments = sa.select(Appointment).where(Appointment.tutor_id == tutor).order_by(Appointment.starts.desc())
    try:
        calendar = await views.own_calendar(session, tutor)
    except NotFound:
        calendar = None
    return wire.MyTime(
        availability=(await views.availability(session, tutor)).items,
        extra_time=(await views.extra_time(session, tutor, ALWAYS, zone)).items,
        absences=(await views.absences(session, tutor, ALWAYS, zone)).items,
        time=await views.tutor_time(session, tutor, zone),
        calendar=calendar,
        appointments=[_named(row, zone) for row in await session.scalars(appointments.limit(APPOINTMENTS_SHOWN))],
    )


async def forget(session: AsyncSession, tutor: uuid.UUID) -> None:
    """A tutor's week and calendar go with them; that visits took place stays."""
    for model in (Availability, ExtraTime, Absence, OwnCalendar, BusyElsewhere, TutorTime):
        await session.execute(sa.delete(model).where(model.tutor_id == tutor))


async def settle_left_behind(connection: Connection, context: Context, tutor: uuid.UUID) -> None:
    """Who leaves has nobody to come; but somebody may have booked at that very moment. Another helper takes them, or
    they are asked to choose another time, so that nobody stands before a door that stays shut."""
    cursor = await connection.execute(LEFT_BEHIND, {"tutor": tutor, "now": context.now})
    for (appointment,) in await cursor.fetchall():
        await time.settle(connection, context, appointment, "reassign", "tutor_away", appointments.CLOCK)


async def settle_left_at(connection: Connection, context: Context, point: uuid.UUID) -> None:
    """Likewise at a service point that has shut."""
    cursor = await connection.execute(LEFT_AT, {"point": point, "now": context.now})
    for (appointment,) in await cursor.fetchall():
        await time.settle(connection, context, appointment, "offer", "place_closed", appointments.CLOCK)

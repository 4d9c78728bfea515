"""What is held of a tutor, what keeps them or a service point from going, and what is forgotten when they are gone."""

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.booking import views
from services.booking.models import Absence, Appointment, Availability, BusyElsewhere, ExtraTime, OwnCalendar, TutorTime
from shared.problems import NotFound
from shared.schemas import booking as wire

TO_COME_SHOWN = 100
APPOINTMENTS_SHOWN = 1000
ALWAYS = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


async def to_come(
    session: AsyncSession, *, tutor: uuid.UUID | None, service_point: uuid.UUID | None, now: dt.datetime, zone: str
) -> wire.AppointmentsToCome:
    """The appointments that are still to come with a tutor, or at a service point."""
    wanted = sa.select(Appointment).where(Appointment.state.in_(("booked", "displaced")), Appointment.ends > now)
    if tutor is not None:
        wanted = wanted.where(Appointment.tutor_id == tutor)
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

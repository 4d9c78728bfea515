"""A tutor's weekly hours and absences."""

import datetime as dt
import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from services.booking import access
from services.booking.actions import spans
from services.booking.domain.time import DAY, MINUTE, midnight
from services.booking.models import Absence, Availability, ServicePoint, Tutor
from shared.auth import Principal
from shared.feed import emit
from shared.problems import Forbidden, InvalidReference, NotFound, field_problem
from shared.schemas import booking as wire


async def tutor_of(session: AsyncSession, caller: Principal, tutor_id: uuid.UUID | None) -> Tutor:
    """The tutor whose time is meant, checked to be the caller's to manage: by default the caller themself."""
    caller.require("availability:write")
    chosen = tutor_id or next((role.tutor_id for role in caller.with_role("tutor")), None)
    if chosen is None:
        raise Forbidden if caller.kind == "person" else field_problem("/tutor_id", "missing")
    tutor = await session.get(Tutor, chosen)
    if tutor is None:
        raise InvalidReference(what=str(chosen))
    access.may_manage_time(caller, tutor)
    return tutor


async def add_availability(
    session: AsyncSession, *, caller: Principal, wanted: wire.AvailabilityInput, now: dt.datetime, zone: str
) -> uuid.UUID:
    """Add weekly hours and open what they free."""
    tutor = await tutor_of(session, caller, wanted.tutor_id)
    if wanted.service_point_id is not None:
        point = await session.get(ServicePoint, wanted.service_point_id)
        if point is None or not point.active or point.region != tutor.region:
            raise InvalidReference(what=str(wanted.service_point_id))
    hours = Availability(
        region=tutor.region,
        tutor_id=tutor.id,
        service_point_id=wanted.service_point_id,
        channels=list(wanted.channels or (["on_site"] if wanted.service_point_id else ["phone", "video"])),
        weekday=wanted.weekday,
        opens=wanted.opens,
        closes=wanted.closes,
        zone=zone,
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
    )
    session.add(hours)
    await session.flush()
    await spans.refresh(session, tutor.id, now=now, zone=zone)
    await _emit(session, "availability.added", tutor, hours.id)
    return hours.id


async def remove_availability(
    session: AsyncSession, *, caller: Principal, hours: uuid.UUID, now: dt.datetime, zone: str
) -> None:
    """Withdraw weekly hours. Appointments that stand in them are kept."""
    tutor = await _remove(session, caller, Availability, hours, now, zone)
    await _emit(session, "availability.removed", tutor, hours)


async def _remove(
    session: AsyncSession,
    caller: Principal,
    model: type[Availability] | type[Absence],
    record: uuid.UUID,
    now: dt.datetime,
    zone: str,
) -> Tutor:
    """Delete one of a tutor's rules, and work out what follows."""
    row: Availability | Absence | None = await session.get(model, record, with_for_update=True)
    if row is None:
        caller.require("availability:write")
        raise NotFound
    tutor = await tutor_of(session, caller, row.tutor_id)
    await session.delete(row)
    await session.flush()
    await spans.refresh(session, tutor.id, now=now, zone=zone)
    return tutor


async def add_absence(
    session: AsyncSession, *, caller: Principal, wanted: wire.AbsenceInput, now: dt.datetime, zone: str
) -> uuid.UUID:
    """Close time. Appointments that stand in it are kept; the answer names them."""
    tutor = await tutor_of(session, caller, wanted.tutor_id)
    absence = Absence(
        region=tutor.region,
        tutor_id=tutor.id,
        starts=_start(wanted.start, zone),
        ends=_end(wanted.end, zone),
    )
    if absence.ends <= absence.starts:
        raise field_problem("/until", "until")
    session.add(absence)
    await session.flush()
    await spans.refresh(session, tutor.id, now=now, zone=zone)
    await _emit(session, "absence.added", tutor, absence.id)
    return absence.id


def _start(value: dt.date, zone: str) -> dt.datetime:
    """A date from its local midnight; an instant rounded outwards to the minute."""
    if isinstance(value, dt.datetime):
        return value.replace(second=0, microsecond=0)
    return midnight(value, zone)


def _end(value: dt.date, zone: str) -> dt.datetime:
    if isinstance(value, dt.datetime):
        whole = value.replace(second=0, microsecond=0)
        return whole if whole == value else whole + MINUTE
    return midnight(value + DAY, zone)


async def remove_absence(
    session: AsyncSession, *, caller: Principal, absence: uuid.UUID, now: dt.datetime, zone: str
) -> None:
    """Open the time again."""
    tutor = await _remove(session, caller, Absence, absence, now, zone)
    await _emit(session, "absence.removed", tutor, absence)


async def _emit(session: AsyncSession, what: str, tutor: Tutor, subject: uuid.UUID) -> None:
    data = {"id": str(subject), "tutor_id": str(tutor.id)}
    await emit(session, what, subject, data, organisation_id=tutor.organisation_id, region=tutor.region)

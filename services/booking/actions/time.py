"""Tutors' weekly hours, extra time and absences, and the closings of service points: every rule of open time.

A change first looks at the appointments that stood in open time and no longer do. Unless the caller has said what
becomes of them, nothing is saved and they are named.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

import holidays
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.booking import access
from services.booking.actions import appointments, spans
from services.booking.actions.context import Context
from services.booking.domain.time import DAY, MINUTE, Recurrence, local_date, midnight
from services.booking.models import (
    Absence,
    Availability,
    Base,
    Closing,
    ExtraTime,
    Offering,
    ServicePoint,
    Tutor,
    TutorTime,
)
from services.booking.problems import AppointmentsAffected, NobodyElse
from services.booking.store import spans as span_store
from services.booking.store.appointments import Appointment
from shared.auth import Principal
from shared.conditional import unchanged
from shared.db import Connection, driver
from shared.feed import emit
from shared.intervals import Interval
from shared.problems import Forbidden, InvalidReference, NotFound, field_problem
from shared.schemas import booking as wire
from shared.schemas import events

Timed = TypeVar("Timed", Availability, ExtraTime, Absence, Closing)


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


async def change(
    session: AsyncSession,
    context: Context,
    tutors: Sequence[uuid.UUID],
    *,
    put: Base | Sequence[Base] | None = None,
    remove: Base | Sequence[Base] | None = None,
    values: dict[str, Any] | None = None,
    standing: wire.Standing | None,
    reason: wire.Reason,
) -> None:
    """Make one change of the rules, see that the free spans follow, and do what was chosen for appointments that lost
    their open time."""
    connection = await driver(session)
    before_mates = await spans.locked_with_mates(connection, tutors)
    before = await spans.outside(connection, tutors, now=context.now, zone=context.zone)
    for row in _each(put):
        session.add(row)
        for name, value in (values or {}).items():
            setattr(row, name, value)
    for row in _each(remove):
        await session.delete(row)
    connection = await driver(session)
    await spans.locked_with_mates(connection, tutors)
    await spans.refresh(connection, [*tutors, *before_mates], now=context.now, zone=context.zone)
    after = await spans.outside(connection, tutors, now=context.now, zone=context.zone)
    affected = [row for key, row in after.items() if key not in before and row.state == "booked"]
    if affected and standing is None:
        raise AppointmentsAffected([_named(row, context.zone) for row in affected])
    for appointment in affected:
        await settle(connection, context, appointment.id, standing, reason)
    context.freed.extend(tutors)


def _named(row: Appointment, zone: str) -> dict[str, str]:
    return {"id": str(row.id), "start": row.starts.astimezone(ZoneInfo(zone)).isoformat()}


def _each(rows: Base | Sequence[Base] | None) -> Sequence[Base]:
    return [rows] if isinstance(rows, Base) else rows or []


async def settle(
    connection: Connection,
    context: Context,
    appointment: uuid.UUID,
    standing: wire.Standing | None,
    reason: wire.Reason,
    actor: str = "tutor",
) -> None:
    """Keep an appointment that has lost its open time, give it to another helper, or ask its citizen for another."""
    if standing == "reassign":
        try:
            async with connection.transaction():
                await appointments.reassign(connection, context, appointment_id=appointment, actor=actor)
            return
        except NobodyElse:
            pass
    if standing in ("reassign", "offer"):
        current = await appointments.locked(connection, appointment)
        if current.state == "booked":
            await appointments.displace(connection, context, current, reason, actor)


async def add_availability(session: AsyncSession, context: Context, *, wanted: wire.AvailabilityInput) -> uuid.UUID:
    """Add weekly hours and open what they free."""
    tutor = await tutor_of(session, context.caller, wanted.tutor_id)
    hours = Availability(region=tutor.region, tutor_id=tutor.id, **await _weekly(session, context, tutor, wanted))
    await change(session, context, [tutor.id], put=hours, standing="keep", reason="tutor_away")
    await emit_tutor_time(session, events.AvailabilityAdded, tutor, hours.id)
    return hours.id


async def _weekly(
    session: AsyncSession, context: Context, tutor: Tutor, wanted: wire.AvailabilityInput
) -> dict[str, Any]:
    """The columns of weekly hours."""
    zone = await zone_of(session, tutor.id, context.zone)
    valid_from = wanted.valid_from or local_date(context.now, zone)
    recurrence = Recurrence.weekly(wanted.weekday, wanted.every_weeks, valid_from, wanted.valid_until, zone)
    return {
        **await where(session, tutor, wanted),
        "opens": wanted.opens,
        "closes": wanted.closes,
        "zone": zone,
        "starts_on": recurrence.first,
        "recurrence": recurrence.rule,
    }


async def where(session: AsyncSession, tutor: Tutor, wanted: wire.WhereAndHow) -> dict[str, Any]:
    """The columns that say what open time is for, checked to exist and to be the tutor's to use."""
    if wanted.service_point_id is not None:
        point = await session.get(ServicePoint, wanted.service_point_id)
        if point is None or not point.active or point.region != tutor.region:
            raise InvalidReference(what=str(wanted.service_point_id))
    for offering_id in wanted.offerings or []:
        offering = await session.get(Offering, offering_id)
        if offering is None or offering.organisation_id != tutor.organisation_id:
            raise InvalidReference(what=str(offering_id))
    by_default = ["on_site"] if wanted.service_point_id else ["phone", "video"]
    return {
        "service_point_id": wanted.service_point_id,
        "channels": list(wanted.channels or by_default),
        "offerings": wanted.offerings,
    }


async def zone_of(session: AsyncSession, tutor: uuid.UUID, by_default: str) -> str:
    """The zone of a tutor's wall clock."""
    own = await session.get(TutorTime, tutor)
    return own.zone if own else by_default


async def replace_availability(
    session: AsyncSession,
    context: Context,
    *,
    hours: uuid.UUID,
    wanted: wire.AvailabilityInput,
    standing: wire.Standing | None,
    if_match: int | None = None,
) -> uuid.UUID:
    """Change weekly hours."""
    row, tutor = await _owned(session, context, Availability, hours)
    unchanged(row.version, if_match)
    values = await _weekly(session, context, tutor, wanted) | {"version": row.version + 1}
    await change(session, context, [tutor.id], put=row, values=values, standing=standing, reason="tutor_away")
    await emit_tutor_time(session, events.AvailabilityChanged, tutor, row.id)
    return row.id


async def remove_availability(
    session: AsyncSession, context: Context, *, hours: uuid.UUID, standing: wire.Standing | None
) -> None:
    """Withdraw weekly hours."""
    row, tutor = await _owned(session, context, Availability, hours)
    await change(session, context, [tutor.id], remove=row, standing=standing, reason="tutor_away")
    await emit_tutor_time(session, events.AvailabilityRemoved, tutor, hours)


async def _owned(session: AsyncSession, context: Context, model: type[Timed], record: uuid.UUID) -> tuple[Timed, Tutor]:
    """One of a tutor's rules, locked, and the tutor, whose time the caller may manage."""
    row = await session.get(model, record, with_for_update=True)
    if row is None or isinstance(row, Closing):
        context.caller.require("availability:write")
        raise NotFound
    return row, await tutor_of(session, context.caller, row.tutor_id)


async def add_extra_time(session: AsyncSession, context: Context, *, wanted: wire.ExtraTimeInput) -> uuid.UUID:
    """Open time on one occasion."""
    tutor = await tutor_of(session, context.caller, wanted.tutor_id)
    interval = within(wanted.start, wanted.end, context.zone)
    extra = ExtraTime(
        region=tutor.region,
        tutor_id=tutor.id,
        starts=interval.start,
        ends=interval.end,
        **await where(session, tutor, wanted),
    )
    await change(session, context, [tutor.id], put=extra, standing="keep", reason="tutor_away")
    await emit_tutor_time(session, events.ExtraTimeAdded, tutor, extra.id)
    return extra.id


async def remove_extra_time(
    session: AsyncSession, context: Context, *, extra: uuid.UUID, standing: wire.Standing | None
) -> None:
    """Close it again."""
    row, tutor = await _owned(session, context, ExtraTime, extra)
    await change(session, context, [tutor.id], remove=row, standing=standing, reason="tutor_away")
    await emit_tutor_time(session, events.ExtraTimeRemoved, tutor, extra)


async def add_absence(session: AsyncSession, context: Context, *, wanted: wire.AbsenceInput) -> uuid.UUID:
    """Close time of a tutor."""
    tutor = await tutor_of(session, context.caller, wanted.tutor_id)
    interval = within(wanted.start, wanted.end, await zone_of(session, tutor.id, context.zone))
    absence = Absence(region=tutor.region, tutor_id=tutor.id, starts=interval.start, ends=interval.end)
    await change(session, context, [tutor.id], put=absence, standing=wanted.appointments, reason="tutor_away")
    await emit_tutor_time(session, events.AbsenceAdded, tutor, absence.id)
    return absence.id


async def remove_absence(session: AsyncSession, context: Context, *, absence: uuid.UUID) -> None:
    """Open the time again."""
    row, tutor = await _owned(session, context, Absence, absence)
    await change(session, context, [tutor.id], remove=row, standing="keep", reason="tutor_away")
    await emit_tutor_time(session, events.AbsenceRemoved, tutor, absence)


def within(start: dt.date, end: dt.date, zone: str) -> Interval:
    """What a caller says: dates are whole local days, the last one included; instants are widened to the minute."""
    begins = _whole_minute(start) if isinstance(start, dt.datetime) else midnight(start, zone)
    ends = _next_minute(end) if isinstance(end, dt.datetime) else midnight(end + DAY, zone)
    if ends <= begins:
        raise field_problem("/until", "until")
    return Interval(begins, ends)


def _whole_minute(at: dt.datetime) -> dt.datetime:
    return at.replace(second=0, microsecond=0)


def _next_minute(at: dt.datetime) -> dt.datetime:
    whole = _whole_minute(at)
    return whole if whole == at else whole + MINUTE


async def add_closing(session: AsyncSession, context: Context, *, wanted: wire.ClosingInput) -> uuid.UUID:
    """Shut a service point for a while."""
    point = await _point(session, context, wanted.service_point_id)
    interval = within(wanted.start, wanted.end, context.zone)
    closing = Closing(region=point.region, service_point_id=point.id, starts=interval.start, ends=interval.end)
    await _change_point(session, context, point, put=closing, standing=wanted.appointments)
    await _emit_closing(session, events.ClosingAdded, point, closing.id)
    return closing.id


async def remove_closing(session: AsyncSession, context: Context, *, closing: uuid.UUID) -> None:
    """Open it again."""
    row = await session.get(Closing, closing, with_for_update=True)
    if row is None:
        raise NotFound
    point = await _point(session, context, row.service_point_id)
    await _change_point(session, context, point, remove=row, standing="keep")
    await _emit_closing(session, events.ClosingRemoved, point, closing)


async def _point(session: AsyncSession, context: Context, point_id: uuid.UUID) -> ServicePoint:
    point = await session.get(ServicePoint, point_id)
    if point is None:
        raise InvalidReference(what=str(point_id))
    access.may_close(context.caller, point)
    return point


async def _change_point(
    session: AsyncSession,
    context: Context,
    point: ServicePoint,
    *,
    put: Base | None = None,
    remove: Base | None = None,
    standing: wire.Standing | None,
) -> None:
    tutors = await span_store.tutors_at(await driver(session), point.id)
    await change(session, context, tutors, put=put, remove=remove, standing=standing, reason="place_closed")
    await spans.refresh_drop_in(await driver(session), point.id, now=context.now, zone=context.zone)


async def set_tutor_time(
    session: AsyncSession, context: Context, *, tutor_id: uuid.UUID, wanted: wire.TutorTime
) -> None:
    """Say how a tutor's week is read. Hours that stand keep the wall time they were given in, in the new zone."""
    tutor = await tutor_of(session, context.caller, tutor_id)
    if wanted.zone not in available_timezones() or not ("/" in wanted.zone or wanted.zone == "UTC"):
        raise field_problem("/zone", "zone")
    if wanted.holidays is not None and wanted.holidays not in _countries():
        raise field_problem("/holidays", "country")
    row = await session.get(TutorTime, tutor.id) or TutorTime(tutor_id=tutor.id)
    values = {"zone": wanted.zone, "holidays": wanted.holidays}
    for hours in await _hours_of(session, tutor.id):
        hours.zone = wanted.zone
    await change(session, context, [tutor.id], put=row, values=values, standing="keep", reason="tutor_away")
    await emit_tutor_time(session, events.TutorTimeChanged, tutor, tutor.id)


async def _hours_of(session: AsyncSession, tutor: uuid.UUID) -> Iterable[Availability]:
    return (await session.scalars(sa.select(Availability).where(Availability.tutor_id == tutor))).all()


def _countries() -> set[str]:
    return set(holidays.list_supported_countries())


async def emit_tutor_time(
    session: AsyncSession, event: type[events.TutorTimeEvent], tutor: Tutor, subject: uuid.UUID
) -> None:
    """Emit an event about a tutor's time: ids, nothing else."""
    written = event(id=subject, tutor_id=tutor.id)
    await emit(session, written, organisation_id=tutor.organisation_id, region=tutor.region)


async def _emit_closing(
    session: AsyncSession, event: type[events.ClosingEvent], point: ServicePoint, subject: uuid.UUID
) -> None:
    written = event(id=subject, service_point_id=point.id)
    await emit(session, written, organisation_id=point.organisation_id, region=point.region)

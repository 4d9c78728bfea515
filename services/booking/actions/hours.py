"""Tutors' weekly hours, extra time and absences, and how their week is read: their rules of open time."""

import datetime as dt
import uuid
from zoneinfo import available_timezones

import holidays

from services.booking import access
from services.booking.actions.consents import require_consent
from services.booking.actions.context import Context, Done
from services.booking.actions.opening import apply_change, owned_time, standing_in, utc_interval, where_and_how
from services.booking.domain.wall_time import Recurrence, local_date
from services.booking.store import hours as store
from services.booking.store.copies import KnownTutor
from services.booking.store.hours import AbsenceRow, AvailabilityRow, ExtraRow, WeekSettings
from shared.conditional import unchanged
from shared.db import Connection, new_id
from shared.feed import emit
from shared.problems import field_problem
from shared.schemas import booking as wire
from shared.schemas import events


async def add_availability(connection: Connection, context: Context, *, wanted: wire.AvailabilityInput) -> Done:
    """Add weekly hours, and open what they free. Raises InvalidReference, ConsentNeeded."""
    tutor = await access.tutor_of(connection, context.caller, wanted.tutor_id)
    row = await _availability(connection, context, tutor, new_id(), wanted)
    freed = await apply_change(connection, context, [tutor.id], lambda: store.insert(connection, row), standing="keep")
    await emit_tutor_time(connection, events.AvailabilityAdded, tutor, row.id)
    return Done(row.id, freed)


async def _availability(
    connection: Connection,
    context: Context,
    tutor: KnownTutor,
    record: uuid.UUID,
    wanted: wire.AvailabilityInput,
    version: int = 0,
) -> AvailabilityRow:
    zone = await store.zone_of(connection, tutor.id, context.zone)
    valid_from = wanted.valid_from or local_date(context.now, zone)
    recurrence = Recurrence.weekly(wanted.weekday, wanted.every_weeks, valid_from, wanted.valid_until)
    where = await where_and_how(connection, tutor, wanted)
    await require_consent(connection, tutor, [where.service_point_id])
    return AvailabilityRow(
        id=record,
        region=tutor.region,
        tutor_id=tutor.id,
        service_point_id=where.service_point_id,
        channels=where.channels,
        offerings=where.offerings,
        opens=wanted.opens,
        closes=wanted.closes,
        zone=zone,
        starts_on=recurrence.first,
        last_on=recurrence.last,
        recurrence=recurrence.rule(zone),
        version=version,
    )


async def replace_availability(
    connection: Connection,
    context: Context,
    *,
    hours: uuid.UUID,
    wanted: wire.AvailabilityInput,
    standing: wire.Standing | None,
    if_match: int | None = None,
) -> Done:
    """Change weekly hours. Raises NotFound, ChangedMeanwhile, ConsentNeeded, AppointmentsAffected."""
    before, tutor = await owned_time(connection, context, AvailabilityRow, hours)
    unchanged(before.version, if_match)
    row = await _availability(connection, context, tutor, before.id, wanted, before.version + 1)
    freed = await apply_change(
        connection, context, [tutor.id], lambda: store.update(connection, row), standing=standing
    )
    await emit_tutor_time(connection, events.AvailabilityChanged, tutor, row.id)
    return Done(row.id, freed)


async def remove_availability(
    connection: Connection, context: Context, *, hours: uuid.UUID, standing: wire.Standing | None
) -> Done:
    """Withdraw weekly hours. Raises NotFound, AppointmentsAffected."""
    row, tutor = await owned_time(connection, context, AvailabilityRow, hours)
    freed = await apply_change(
        connection, context, [tutor.id], lambda: store.delete(connection, row), standing=standing
    )
    await emit_tutor_time(connection, events.AvailabilityRemoved, tutor, row.id)
    return Done(row.id, freed)


async def add_extra_time(connection: Connection, context: Context, *, wanted: wire.ExtraTimeInput) -> Done:
    """Open time on one occasion. Raises InvalidReference, ConsentNeeded."""
    tutor = await access.tutor_of(connection, context.caller, wanted.tutor_id)
    interval = utc_interval(wanted.start, wanted.end, context.zone)
    where = await where_and_how(connection, tutor, wanted)
    await require_consent(connection, tutor, [where.service_point_id])
    row = ExtraRow(
        id=new_id(),
        region=tutor.region,
        tutor_id=tutor.id,
        service_point_id=where.service_point_id,
        channels=where.channels,
        offerings=where.offerings,
        starts=interval.start,
        ends=interval.end,
    )
    freed = await apply_change(connection, context, [tutor.id], lambda: store.insert(connection, row), standing="keep")
    await emit_tutor_time(connection, events.ExtraTimeAdded, tutor, row.id)
    return Done(row.id, freed)


async def remove_extra_time(
    connection: Connection, context: Context, *, extra: uuid.UUID, standing: wire.Standing | None
) -> Done:
    """Close extra time again. Raises NotFound, AppointmentsAffected."""
    row, tutor = await owned_time(connection, context, ExtraRow, extra)
    freed = await apply_change(
        connection, context, [tutor.id], lambda: store.delete(connection, row), standing=standing
    )
    await emit_tutor_time(connection, events.ExtraTimeRemoved, tutor, row.id)
    return Done(row.id, freed)


async def add_absence(connection: Connection, context: Context, *, wanted: wire.AbsenceInput) -> Done:
    """Close time of a tutor. Raises AppointmentsAffected."""
    tutor = await access.tutor_of(connection, context.caller, wanted.tutor_id)
    return await close_days(connection, context, tutor, wanted.start, wanted.end, standing=wanted.appointments)


async def close_days(
    connection: Connection,
    context: Context,
    tutor: KnownTutor,
    start: dt.date,
    end: dt.date,
    *,
    standing: wire.Standing | None,
) -> Done:
    """Close a tutor's time from a date or an instant to another; dates are whole days of theirs, the last one included.
    Raises AppointmentsAffected."""
    zone = await store.zone_of(connection, tutor.id, context.zone)
    interval = utc_interval(start, end, zone)
    row = AbsenceRow(new_id(), tutor.region, tutor.id, *interval, first_on=_as_date(start), last_on=_as_date(end))
    freed = await apply_change(
        connection,
        context,
        [tutor.id],
        lambda: store.insert(connection, row),
        standing=standing,
        stands_in=standing_in(interval),
    )
    await emit_tutor_time(connection, events.AbsenceAdded, tutor, row.id)
    return Done(row.id, freed)


def _as_date(given: dt.date) -> dt.date | None:
    return None if isinstance(given, dt.datetime) else given


async def remove_absence(connection: Connection, context: Context, *, absence: uuid.UUID) -> Done:
    """Open the time of an absence again. Raises NotFound."""
    row, tutor = await owned_time(connection, context, AbsenceRow, absence)
    freed = await apply_change(connection, context, [tutor.id], lambda: store.delete(connection, row), standing="keep")
    await emit_tutor_time(connection, events.AbsenceRemoved, tutor, row.id)
    return Done(row.id, freed)


async def set_tutor_time(
    connection: Connection, context: Context, *, tutor_id: uuid.UUID, wanted: wire.TutorTime
) -> Done:
    """Set how a tutor's week is read. Hours that stand keep the wall time they were given in, in the new zone. Raises
    InvalidInput for a zone or country that is not known."""
    tutor = await access.tutor_of(connection, context.caller, tutor_id)
    if wanted.zone not in available_timezones() or not ("/" in wanted.zone or wanted.zone == "UTC"):
        raise field_problem("/zone", "zone")
    if wanted.holidays is not None and wanted.holidays not in holidays.list_supported_countries():
        raise field_problem("/holidays", "country")
    settings = WeekSettings(wanted.zone, wanted.holidays)
    freed = await apply_change(
        connection, context, [tutor.id], lambda: store.put_settings(connection, tutor.id, settings), standing="keep"
    )
    await emit_tutor_time(connection, events.TutorTimeChanged, tutor, tutor.id)
    return Done(tutor.id, freed)


async def emit_tutor_time(
    connection: Connection, event: type[events.TutorTimeEvent], tutor: KnownTutor, subject: uuid.UUID
) -> None:
    """Emit an event about a tutor's time: ids, nothing else."""
    written = event(id=subject, tutor_id=tutor.id)
    await emit(connection, written, organisation_id=tutor.organisation_id, region=tutor.region)

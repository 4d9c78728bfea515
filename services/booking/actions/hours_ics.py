"""A tutor's weekly hours, exchanged with other programs as VAVAILABILITY (RFC 7953)."""

import uuid
from dataclasses import replace

from services.booking import access
from services.booking.actions.consents import require_consent
from services.booking.actions.context import Context, Done
from services.booking.actions.hours import emit_tutor_time
from services.booking.actions.opening import WhereAndHow, apply_change, where_and_how
from services.booking.calendars.unreadable import Unreadable
from services.booking.calendars.vavailability import CalendarHours, read_hours, write_hours
from services.booking.domain.wall_time import Recurrence
from services.booking.problems import CalendarRefused
from services.booking.reads.slots import place_names
from services.booking.store import hours as store
from services.booking.store.copies import KnownTutor
from services.booking.store.hours import AvailabilityRow
from shared.db import Connection, new_id
from shared.schemas import booking as wire
from shared.schemas import events


async def export_hours(connection: Connection, context: Context, *, tutor_id: uuid.UUID | None) -> bytes:
    """Return a tutor's weekly hours as VAVAILABILITY."""
    tutor = await access.tutor_of(connection, context.caller, tutor_id)
    rows = await store.availability_of(connection, tutor.id)
    places = await place_names(connection, (row.service_point_id for row in rows))
    hours = [_calendar_hours(row, places.get(row.service_point_id) if row.service_point_id else None) for row in rows]
    return write_hours(str(tutor.id), hours, context.now)


def _calendar_hours(row: AvailabilityRow, place: wire.PlaceName | None) -> CalendarHours:
    return CalendarHours(
        uid=_uid(row),
        opens=row.opens,
        closes=row.closes,
        zone=row.zone,
        recurrence=Recurrence.parse(row.starts_on, row.recurrence, row.last_on, row.zone),
        where=place.name.best("fi") if place else None,
    )


async def import_hours(
    connection: Connection,
    context: Context,
    *,
    text: bytes,
    tutor_id: uuid.UUID | None,
    service_point_id: uuid.UUID | None,
    standing: wire.Standing | None,
) -> Done:
    """Make the hours of a VAVAILABILITY a tutor's weekly hours at one service point, or remotely. Those that
    `export_hours` gave are known by their UIDs and stay where they are, so that what is given is taken back unchanged.
    Raises CalendarRefused, ConsentNeeded, AppointmentsAffected, InvalidReference."""
    tutor = await access.tutor_of(connection, context.caller, tutor_id)
    try:
        hours = read_hours(text, await store.zone_of(connection, tutor.id, context.zone))
    except Unreadable as unreadable:
        raise CalendarRefused(why=str(unreadable)) from None
    where = await where_and_how(connection, tutor, wire.WhereAndHow(service_point_id=service_point_id))

    async def write() -> None:
        rows = await store.availability_of(connection, tutor.id)
        known = {_uid(row): row for row in rows}
        new = [_availability_row(tutor, where, each, known.pop(each.uid, None)) for each in hours]
        await require_consent(connection, tutor, (row.service_point_id for row in new if row not in rows))
        for row in rows:
            if row not in new and (row.service_point_id == service_point_id or _uid(row) not in known):
                await store.delete(connection, row)
        for row in new:
            if row not in rows:
                await store.insert(connection, row)

    freed = await apply_change(connection, context, [tutor.id], write, standing=standing)
    await emit_tutor_time(connection, events.AvailabilityReplaced, tutor, tutor.id)
    return Done(tutor.id, freed)


def _uid(row: AvailabilityRow) -> str:
    return f"{row.id}@vuoro"


def _availability_row(
    tutor: KnownTutor, where: WhereAndHow, hours: CalendarHours, known: AvailabilityRow | None
) -> AvailabilityRow:
    """Return the row of some hours: the known one with these times, itself when it has them already, or a new one."""
    new = AvailabilityRow(
        id=new_id(),
        region=tutor.region,
        tutor_id=tutor.id,
        service_point_id=where.service_point_id,
        channels=where.channels,
        offerings=where.offerings,
        opens=hours.opens,
        closes=hours.closes,
        zone=hours.zone,
        starts_on=hours.recurrence.first,
        last_on=hours.recurrence.last,
        recurrence=hours.recurrence.rule(hours.zone),
    )
    if known is None:
        return new
    place = known.service_point_id
    same = replace(new, id=known.id, service_point_id=place, channels=known.channels, offerings=known.offerings)
    return known if replace(same, version=known.version) == known else replace(same, version=known.version + 1)

"""A tutor's rules of time as they are shown: weekly hours, extra time, absences, and how their week is read."""

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

from services.booking.domain.wall_time import DEFAULT_HOLIDAYS, Recurrence
from services.booking.reads.slots import place_names
from services.booking.store import appointments, consents
from services.booking.store import hours as store
from services.booking.store.appointments import AppointmentRow
from services.booking.store.hours import AbsenceRow, AvailabilityRow, ExtraRow, Kept
from shared.db import Connection
from shared.problems import NotFound
from shared.schemas import booking as wire

Places = dict[uuid.UUID, wire.PlaceName]


async def availability(connection: Connection, tutor: uuid.UUID) -> wire.Availabilities:
    """Return a tutor's weekly hours, in order of the week."""
    rows = await store.availability_of(connection, tutor)
    places = await place_names(connection, (row.service_point_id for row in rows))
    withdrawn = await consents.withdrawn_from(connection, tutor)
    items = [_availability(row, places, withdrawn) for row in rows]
    return wire.Availabilities(items=sorted(items, key=lambda item: (item.weekday, item.opens, item.id)))


async def one_availability(connection: Connection, hours: uuid.UUID) -> wire.Availability:
    """Return some weekly hours. Raises NotFound."""
    row = await _get(connection, AvailabilityRow, hours)
    withdrawn = await consents.withdrawn_from(connection, row.tutor_id)
    return _availability(row, await place_names(connection, [row.service_point_id]), withdrawn)


async def _get(connection: Connection, kind: type[Kept], record: uuid.UUID) -> Kept:
    row = await store.get(connection, kind, record)
    if row is None:
        raise NotFound
    return row


def _availability(row: AvailabilityRow, places: Places, withdrawn: frozenset[uuid.UUID]) -> wire.Availability:
    recurrence = Recurrence.parse(row.starts_on, row.recurrence, row.last_on, row.zone)
    return wire.Availability.model_validate(
        {
            "id": row.id,
            "tutor_id": row.tutor_id,
            "service_point_id": row.service_point_id,
            "place": places.get(row.service_point_id) if row.service_point_id else None,
            "channels": row.channels,
            "offerings": row.offerings,
            "offered": row.service_point_id not in withdrawn,
            "weekday": row.starts_on.isoweekday(),
            "opens": row.opens,
            "closes": row.closes,
            "zone": row.zone,
            "every_weeks": recurrence.every,
            "valid_from": row.starts_on,
            "valid_until": recurrence.last,
            "recurrence": f"RRULE:{recurrence.rule(row.zone)}",
            "version": row.version,
        }
    )


async def extra_time(connection: Connection, tutor: uuid.UUID, now: dt.datetime, zone: str) -> wire.ExtraTimes:
    """Return a tutor's extra time that is not over, on their own wall; `zone` is that of who has set none."""
    rows = await store.coming(connection, ExtraRow, "tutor_id", tutor, now)
    zone = await store.zone_of(connection, tutor, zone)
    places = await place_names(connection, (row.service_point_id for row in rows))
    withdrawn = await consents.withdrawn_from(connection, tutor)
    return wire.ExtraTimes(items=[_extra_time(row, places, withdrawn, zone) for row in rows])


async def one_extra_time(connection: Connection, extra: uuid.UUID, zone: str) -> wire.ExtraTime:
    """Return some extra time. Raises NotFound."""
    row = await _get(connection, ExtraRow, extra)
    zone = await store.zone_of(connection, row.tutor_id, zone)
    withdrawn = await consents.withdrawn_from(connection, row.tutor_id)
    return _extra_time(row, await place_names(connection, [row.service_point_id]), withdrawn, zone)


def _extra_time(row: ExtraRow, places: Places, withdrawn: frozenset[uuid.UUID], zone: str) -> wire.ExtraTime:
    return wire.ExtraTime.model_validate(
        {
            "id": row.id,
            "tutor_id": row.tutor_id,
            "service_point_id": row.service_point_id,
            "place": places.get(row.service_point_id) if row.service_point_id else None,
            "channels": row.channels,
            "offerings": row.offerings,
            "offered": row.service_point_id not in withdrawn,
            "start": row.starts.astimezone(ZoneInfo(zone)),
            "end": row.ends.astimezone(ZoneInfo(zone)),
        }
    )


async def absences(connection: Connection, tutor: uuid.UUID, now: dt.datetime, zone: str) -> wire.Absences:
    """Return a tutor's absences that are not over, with the appointments that stand in them."""
    rows = await store.coming(connection, AbsenceRow, "tutor_id", tutor, now)
    zone = await store.zone_of(connection, tutor, zone)
    standing = await appointments.coming(connection, [tutor], min((row.starts for row in rows), default=now))
    return wire.Absences(items=[_absence(row, standing, zone) for row in rows])


async def one_absence(connection: Connection, absence: uuid.UUID, zone: str) -> wire.Absence:
    """Return an absence, with the appointments that stand in it. Raises NotFound."""
    row = await _get(connection, AbsenceRow, absence)
    zone = await store.zone_of(connection, row.tutor_id, zone)
    return _absence(row, await appointments.coming(connection, [row.tutor_id], row.starts), zone)


def _absence(row: AbsenceRow, coming: list[AppointmentRow], zone: str) -> wire.Absence:
    overlapping = (each for each in coming if each.starts < row.ends and each.ends > row.starts)
    standing = [each.id for each in overlapping if each.state == "booked"]
    return wire.Absence(
        id=row.id,
        tutor_id=row.tutor_id,
        start=row.starts.astimezone(ZoneInfo(zone)),
        end=row.ends.astimezone(ZoneInfo(zone)),
        first_date=row.first_on,
        last_date=row.last_on,
        appointments=standing,
    )


async def tutor_time(connection: Connection, tutor: uuid.UUID, zone: str) -> wire.TutorTime:
    """Return how a tutor's week is read; `zone` is that of who has not said so."""
    row = await store.settings_of(connection, tutor)
    if row is None:
        return wire.TutorTime(zone=zone, holidays=DEFAULT_HOLIDAYS)
    return wire.TutorTime(zone=row.zone, holidays=row.holidays)

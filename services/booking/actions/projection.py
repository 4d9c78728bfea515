"""Writing the copies of the registry, from the feed of `providers` and from nothing else.

A copy takes the columns that it lists, so that a new field of an event changes nothing here. The free spans that follow
from a copy are worked out right after, one tutor at a time, so that a long batch of events holds no tutor's lock.
"""

import uuid
from typing import Protocol

from services.booking.actions import departures
from services.booking.store import calendar_subscriptions, consents, copies, freshness, week
from shared import revoked
from shared.db import Connection
from shared.schemas import events, providers
from shared.schemas.events import EventData


async def apply(connection: Connection, event: EventData | None) -> None:
    """Write an event into the copies, and mark whose free spans follow from it; or keep whose access was taken away.
    Other events are ignored."""
    if isinstance(event, events.AccessRevoked):
        await revoked.apply(connection, event)
        await calendar_subscriptions.remove_made_by(connection, event.bearer, event.at)
    await freshness.mark_stale(connection, await _write(connection, event))


async def _write(connection: Connection, event: EventData | None) -> list[uuid.UUID]:
    """Write an event into the copies; return the tutors whose free spans follow from it."""
    match event:
        case events.MunicipalityChanged() | events.OrganisationChanged():
            copy = copies.MUNICIPALITY if isinstance(event, events.MunicipalityChanged) else copies.ORGANISATION
            await copies.write(connection, copy, event.model_dump())
        case events.MunicipalityMerged():  # the records that were in it come with the other's code
            await copies.remove_municipality(connection, event.code)
        case events.ServicePointChanged() | events.ServicePointHoursChanged() | events.ConsentChanged():
            return await _at_point(connection, event)
        case events.TutorChanged():
            return await _tutor(connection, event)
        case events.TutorForgotten():
            await departures.forget_tutor(connection, event.id)
            return [event.id]
        case events.OfferingChanged():
            return await _offering(connection, event)
    return []


class _Dumped(Protocol):
    def model_dump(self, *, mode: str, by_alias: bool) -> dict[str, object]: ...


def _as_kept(part: _Dumped) -> dict[str, object]:
    """Return a part of a record as JSON keeps it."""
    return part.model_dump(mode="json", by_alias=True)


async def _at_point(
    connection: Connection,
    event: events.ServicePointChanged | events.ServicePointHoursChanged | events.ConsentChanged,
) -> list[uuid.UUID]:
    match event:
        case events.ServicePointChanged():
            await _service_point(connection, event)
        case events.ServicePointHoursChanged():
            await _hours(connection, event)
        case events.ConsentChanged():
            await _consent(connection, event)
            return await week.tutors_at(connection, event.service_point_id)
    await freshness.mark_points_stale(connection, [event.id])
    return await week.tutors_at(connection, event.id)


async def _service_point(connection: Connection, event: events.ServicePointChanged) -> None:
    record = event.model_dump() | {
        "drop_in": [_as_kept(window) for window in event.drop_in],
        "weekly_hours": [_as_kept(hours) for hours in event.weekly_hours],
        "active": event.status == "active" and event.publishing == "published",
    }
    await copies.write(connection, copies.SERVICE_POINT, record)


async def _hours(connection: Connection, event: events.ServicePointHoursChanged) -> None:
    records = [{"service_point_id": event.id, "date": day.date, "hours": _staffed(day)} for day in event.days]
    await copies.write(connection, copies.STAFFED_DAY, *records)


def _staffed(day: providers.OpeningDay) -> list[list[str]]:
    return [[hours.opens.isoformat(), hours.closes.isoformat()] for hours in day.hours if hours.kind == "staffed"]


async def _consent(connection: Connection, event: events.ConsentChanged) -> None:
    record = event.model_dump() | {"allowed": event.status == "allowed"}
    await copies.write(connection, copies.CONSENT, record)
    await consents.end_assumed(connection, event.service_point_id, event.organisation_id)


async def _tutor(connection: Connection, event: events.TutorChanged) -> list[uuid.UUID]:
    record = event.model_dump() | {"active": event.status == "active", "ended": event.status == "ended"}
    await copies.write(connection, copies.TUTOR, record)
    return [event.id]


async def _offering(connection: Connection, event: events.OfferingChanged) -> list[uuid.UUID]:
    before = await copies.organisation_of(connection, event.id)
    record = event.model_dump() | {
        "breaks": [_as_kept(part) for part in event.breaks],
        "helpers": event.tutors,  # the column keeps its former name
        "active": event.status == "active",
    }
    await copies.write(connection, copies.OFFERING, record)
    return await copies.tutors_of(connection, [event.organisation_id, *([before] if before else [])])

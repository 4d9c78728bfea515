"""HTTP in, HTTP out."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request

from services.booking import access, search, store, views
from services.booking.actions import appointments, time
from services.booking.settings import Settings
from shared.auth import Caller
from shared.clock import Now
from shared.db import Session
from shared.idempotency import Idempotent
from shared.schemas import booking as wire
from shared.schemas.common import Channel, Date, Instant, Language, MunicipalityCode, TopicCode

routes = APIRouter()


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


Config = Annotated[Settings, Depends(_settings)]
ManageToken = Annotated[
    str | None,
    Header(
        max_length=100,
        description="a citizen's own key to the appointment: the last part of its `manage_url`",
    ),
]


@routes.get("/slots", tags=["slots"], summary="Find free times")
async def slots(
    session: Session,
    settings: Config,
    now: Now,
    topic: TopicCode | None = None,
    municipality: Annotated[
        MunicipalityCode | None,
        Query(description="places in it; with `channel=phone` or `video`, helpers of its region"),
    ] = None,
    service_point: uuid.UUID | None = None,
    tutor: uuid.UUID | None = None,
    channel: Channel | None = None,
    language: Language | None = None,
    start: Annotated[Instant | None, Query(alias="from", description="by default now")] = None,
    end: Annotated[Instant | None, Query(alias="to")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    after: Annotated[str | None, Query(max_length=400, description="`next` of the page before")] = None,
    expand: Annotated[bool, Query(description="add the names of places and tutors")] = False,
) -> wire.Slots:
    """Times that can be booked now, earliest first."""
    query = store.SlotQuery(
        topic=topic,
        municipality=municipality,
        service_point=service_point,
        tutor=tutor,
        channel=channel,
        language=language,
        start=start,
        end=end,
    )
    return await search.slots(session, query, now=now, zone=settings.zone, limit=limit, after=after, expand=expand)


@routes.post("/appointments", status_code=201, tags=["appointments"], summary="Book")
async def book(
    session: Session,
    settings: Config,
    caller: Caller,
    once: Idempotent,
    now: Now,
    wanted: wire.AppointmentInput,
) -> wire.Appointment:
    """A citizen books without signing in; a municipal system or a service point for the person before it. A time that
    is not free answers 409 with the nearest `alternatives`."""
    access.may_book(caller)
    made = await once(
        lambda: appointments.book(
            session,
            caller=caller,
            wanted=wanted,
            secret=settings.secret.get_secret_value(),
            now=now,
            zone=settings.zone,
        )
    )
    return await views.appointment(session, made, access.BOOKER, settings)


@routes.get("/appointments", tags=["appointments"], summary="A day's list")
async def day(session: Session, settings: Config, caller: Caller, date: Date) -> wire.Appointments:
    """The appointments of a local date that the caller may see, in order of time, without cancelled ones."""
    return await views.day(session, caller, date, settings)


@routes.get("/appointments/mine", tags=["appointments"], summary="The appointment that a citizen's key opens")
async def mine(session: Session, settings: Config, manage_token: ManageToken = None) -> wire.Appointment:
    found = await views.opened_by(session, manage_token or "")
    return await views.appointment(session, found, access.CITIZEN, settings)


@routes.get("/appointments/{id}", tags=["appointments"], summary="One appointment")
async def appointment(
    session: Session, settings: Config, caller: Caller, id: uuid.UUID, manage_token: ManageToken = None
) -> wire.Appointment:
    return await views.appointment(session, id, await views.view_of(session, id, caller, manage_token), settings)


@routes.post("/appointments/{id}/cancellation", tags=["appointments"], summary="Cancel")
async def cancel(
    session: Session,
    settings: Config,
    caller: Caller,
    once: Idempotent,
    now: Now,
    id: uuid.UUID,
    manage_token: ManageToken = None,
) -> wire.Appointment:
    """The time is free again at once. Cancelling what is cancelled changes nothing."""
    view = await views.view_of(session, id, caller, manage_token)
    actor = access.require_actor(caller, view)
    await once(lambda: appointments.cancel(session, appointment_id=id, actor=actor, now=now, zone=settings.zone))
    return await views.appointment(session, id, view, settings)


@routes.post("/appointments/{id}/reschedule", tags=["appointments"], summary="Move to another time")
async def reschedule(
    session: Session,
    settings: Config,
    caller: Caller,
    once: Idempotent,
    now: Now,
    id: uuid.UUID,
    wanted: wire.RescheduleInput,
    manage_token: ManageToken = None,
) -> wire.Appointment:
    """The new time is taken and the old one freed at once, or nothing changes."""
    view = await views.view_of(session, id, caller, manage_token)
    actor = access.require_actor(caller, view)
    await once(
        lambda: appointments.reschedule(
            session, appointment_id=id, actor=actor, slot_id=wanted.slot_id, now=now, zone=settings.zone
        )
    )
    return await views.appointment(session, id, view, settings)


@routes.post("/appointments/{id}/outcome", tags=["appointments"], summary="Say who came and how it ended")
async def outcome(
    session: Session,
    settings: Config,
    caller: Caller,
    once: Idempotent,
    id: uuid.UUID,
    wanted: wire.OutcomeInput,
) -> wire.Appointment:
    """For the tutor and their service point. Saying it again corrects it."""
    view = await views.view_of(session, id, caller, None)
    actor = access.require_actor(caller, view)
    await once(lambda: appointments.mark_outcome(session, appointment_id=id, actor=actor, outcome=wanted))
    return await views.appointment(session, id, view, settings)


@routes.get("/appointments/{id}/recipient", include_in_schema=False)
async def recipient(session: Session, settings: Config, caller: Caller, id: uuid.UUID) -> wire.Recipient:
    caller.require("recipients:read")
    return await views.recipient(session, id, settings)


@routes.get("/availability", tags=["availability"], summary="A tutor's weekly hours")
async def availability(session: Session, caller: Caller, tutor_id: uuid.UUID | None = None) -> wire.Availabilities:
    return await views.availability(session, (await time.tutor_of(session, caller, tutor_id)).id)


@routes.post("/availability", status_code=201, tags=["availability"], summary="Add weekly hours")
async def add_availability(
    session: Session,
    settings: Config,
    caller: Caller,
    once: Idempotent,
    now: Now,
    wanted: wire.AvailabilityInput,
) -> wire.Availability:
    """ "Tuesdays 10:00 to 14:00 at this library": local wall time, which follows the clock through summer time."""
    made = await once(lambda: time.add_availability(session, caller=caller, wanted=wanted, now=now, zone=settings.zone))
    return await views.one_availability(session, made)


@routes.delete("/availability/{id}", status_code=204, tags=["availability"], summary="Withdraw weekly hours")
async def remove_availability(session: Session, settings: Config, caller: Caller, now: Now, id: uuid.UUID) -> None:
    """Appointments that stand in them are kept."""
    await time.remove_availability(session, caller=caller, hours=id, now=now, zone=settings.zone)


@routes.get("/absences", tags=["availability"], summary="A tutor's coming absences")
async def absences(
    session: Session, settings: Config, caller: Caller, now: Now, tutor_id: uuid.UUID | None = None
) -> wire.Absences:
    tutor = await time.tutor_of(session, caller, tutor_id)
    return await views.absences(session, tutor.id, now, settings.zone)


@routes.post("/absences", status_code=201, tags=["availability"], summary="Add an absence")
async def add_absence(
    session: Session, settings: Config, caller: Caller, once: Idempotent, now: Now, wanted: wire.AbsenceInput
) -> wire.Absence:
    """ "Away 1 to 31 July": nothing can be booked then. Appointments that stand in it are kept, and named."""
    made = await once(lambda: time.add_absence(session, caller=caller, wanted=wanted, now=now, zone=settings.zone))
    return await views.one_absence(session, made, settings.zone)


@routes.delete("/absences/{id}", status_code=204, tags=["availability"], summary="Remove an absence")
async def remove_absence(session: Session, settings: Config, caller: Caller, now: Now, id: uuid.UUID) -> None:
    await time.remove_absence(session, caller=caller, absence=id, now=now, zone=settings.zone)

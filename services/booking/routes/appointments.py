"""Appointments: booked, in a series too, and shown."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.booking import access
from services.booking.actions import booking, verification
from services.booking.actions.limits import limit_at_slot, limit_bookings, limit_guesses
from services.booking.actions.reading import note_key, note_reading
from services.booking.reads import appointments, departures
from services.booking.reads.shown import find
from services.booking.refusals import decoded, refuse_if_taken
from services.booking.routes.requests import Config, ManageToken, RequestContext, given_key, require_key, tagged
from services.booking.routes.seen import as_seen
from services.booking.routes.unit_of_work import Work
from services.booking.store.departures import Leaver
from shared.auth import Caller
from shared.clock import Now
from shared.db import Direct
from shared.openapi.allowances import COUNTED
from shared.openapi.security import BEARER, BY_KEY, FOR_ANYBODY, KEY, asked_by
from shared.schemas import booking as wire
from shared.schemas.common import Date

routes = APIRouter(tags=["appointments"])
BOOKING = asked_by(BEARER, KEY, anybody=True)  # a hold is booked with its key, a free time by anybody


@routes.post("/appointments", status_code=201, summary="Book", openapi_extra=BOOKING | COUNTED)
async def book_slot(
    work: Work, wanted: wire.AppointmentInput, response: Response, manage_token: ManageToken
) -> wire.Appointment:
    """A citizen books without signing in; a municipal system or a service point for the person before it. A time that
    is not free answers 409 with the nearest `alternatives`. Without signing in, more than usual is `held` until
    `expires`, and booked by the code that the citizen is sent."""
    access.require_may_book(work.context.caller)
    if wanted.hold_id is not None:
        await require_key(work.connection, work.settings, manage_token, wanted.hold_id)
    await work.check(lambda: refuse_if_taken(work.connection, wanted.slot_id, wanted.topic, work.context.now))
    unusual = await work.check(lambda: limit_bookings(work.connection, work.context, wanted))
    made = await work.once(
        lambda: booking.book(work.connection, work.context, wanted=wanted, to_verify=bool(unusual), shown=manage_token)
    )
    row = await find(work.connection, made)
    return await as_seen(work, response, made, access.of_booker(work.context.caller, row))


@routes.post(
    "/appointments/{id}/verification",
    summary="Type the code that the citizen was sent",
    openapi_extra=BY_KEY | COUNTED,
)
async def verify_booking(
    work: Work, id: uuid.UUID, wanted: wire.VerificationInput, response: Response, manage_token: ManageToken
) -> wire.Appointment:
    """What is `held` until it is verified is booked. Verifying what is booked changes nothing."""
    await require_key(work.connection, work.settings, manage_token, id)
    await work.check(lambda: limit_guesses(work.connection, work.context, id))
    await work.once(lambda: verification.verify(work.connection, work.context, appointment_id=id, code=wanted.code))
    return await as_seen(work, response, id, access.CITIZEN)


@routes.post(
    "/series",
    status_code=201,
    summary="Book the same time in several weeks",
    openapi_extra=FOR_ANYBODY | COUNTED,
)
async def book_in_series(work: Work, wanted: wire.SeriesInput) -> wire.Appointments:
    """All of them or none; the first date that is not free is named. Without signing in, more than usual are `held`
    until `expires`, and all of them booked by the code that the citizen is sent, which is that of the first."""
    access.require_may_book(work.context.caller)
    slot = decoded(wanted.slot_id)
    unusual = await work.check(
        lambda: limit_at_slot(work.connection, work.context, "series", slot, wanted.citizen, times=wanted.count)
    )
    made = await work.once(
        lambda: booking.book_series(work.connection, work.context, wanted=wanted, to_verify=bool(unusual))
    )
    shown = await appointments.series(work.connection, made, work.context.caller, work.settings)
    await note_reading(work.connection, work.context, shown.items)
    return shown


@routes.get("/appointments", summary="A day's list")
async def list_of_day(
    connection: Direct, settings: Config, context: RequestContext, wanted: Annotated[wire.DayList, Query()]
) -> wire.Appointments:
    """The appointments of a local date that the caller may see, in order of time, without cancelled ones."""
    found = await appointments.day(connection, context.caller, wanted, settings, now=context.now)
    await note_reading(connection, context, found.items)
    return found


@routes.get("/appointments/mine", summary="The appointment that a citizen's key opens")
async def opened_by_key(
    connection: Direct, settings: Config, context: RequestContext, response: Response, manage_token: ManageToken
) -> wire.Appointment:
    found = await appointments.opened_by(connection, given_key(manage_token), settings)
    await note_key(connection, context, found)
    return tagged(response, await appointments.appointment(connection, found, access.CITIZEN, settings))


@routes.get("/appointments/to-come", include_in_schema=False)
async def still_to_come(
    connection: Direct,
    settings: Config,
    caller: Caller,
    now: Now,
    tutor_id: uuid.UUID | None = None,
    service_point_id: uuid.UUID | None = None,
    before: Date | None = None,
    after: Date | None = None,
) -> wire.AppointmentsToCome:
    """With a tutor or at a service point; with `before` or `after`, only on dates before the one or after the other."""
    caller.require("to-come:read")
    return await departures.to_come(connection, Leaver(tutor_id, service_point_id, before, after), now, settings.zone)


@routes.get("/appointments/{id}", summary="One appointment")
async def one_appointment(
    connection: Direct,
    settings: Config,
    context: RequestContext,
    id: uuid.UUID,
    response: Response,
    manage_token: ManageToken,
) -> wire.Appointment:
    view = await appointments.view_of(connection, id, context.caller, manage_token, settings, now=context.now)
    found = await appointments.appointment(connection, id, view, settings)
    await note_reading(connection, context, [found])
    return tagged(response, found)


@routes.get("/appointments/{id}/history", summary="All that happened to it")
async def history_of(
    connection: Direct, settings: Config, caller: Caller, id: uuid.UUID, manage_token: ManageToken, now: Now
) -> wire.Steps:
    """Who did what and when, and how long before the start."""
    await appointments.view_of(connection, id, caller, manage_token, settings, now=now)
    return await appointments.history(connection, id, settings.zone)

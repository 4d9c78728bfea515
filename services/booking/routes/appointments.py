"""Booking, moving and closing."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.booking import access
from services.booking.actions import booking, changes, erasure, verification
from services.booking.actions.correcting import correct
from services.booking.actions.limits import (
    limit_at_slot,
    limit_bookings,
    limit_corrections,
    limit_guesses,
    limit_moves,
    limit_sending_again,
)
from services.booking.actions.reading import note_key, note_reading
from services.booking.actions.sending_again import send_again
from services.booking.reads import appointments, citizen_data, departures
from services.booking.refusals import decoded, refuse_if_taken
from services.booking.routes.requests import (
    Config,
    ManageToken,
    RequestContext,
    given_key,
    require_key,
    tagged,
)
from services.booking.routes.unit_of_work import Work
from services.booking.store.departures import Leaver
from shared.auth import Caller
from shared.clock import Now
from shared.conditional import IfMatch
from shared.db import Direct
from shared.openapi.allowances import COUNTED
from shared.openapi.security import BEARER, BY_KEY, FOR_ANYBODY, KEY, asked_by
from shared.schemas import booking as wire
from shared.schemas.common import Date

routes = APIRouter(tags=["appointments"])
BOOKING = asked_by(BEARER, KEY, anybody=True)  # a hold is booked with its key, a free time by anybody


async def _view_of(work: Work, appointment: uuid.UUID, manage_token: str | None = None) -> access.View:
    """Return how much whoever asks for a change sees. Raises Unauthenticated, Forbidden, NotFound."""
    return await appointments.view_of(
        work.connection, appointment, work.context.caller, manage_token, work.settings, now=work.context.now
    )


async def _as_seen(work: Work, response: Response, appointment: uuid.UUID, view: access.View) -> wire.Appointment:
    """Return an appointment as far as `view` reaches, with its ETag, once it is written down who sees its citizen."""
    seen = await appointments.appointment(work.connection, appointment, view, work.settings)
    await note_reading(work.connection, work.context, [seen])
    return tagged(response, seen)


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
    row = await appointments.find(work.connection, made)
    return await _as_seen(work, response, made, access.of_booker(work.context.caller, row))


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
    return await _as_seen(work, response, id, access.CITIZEN)


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


@routes.get("/appointments/mine/data", summary="All that booking holds of the citizen", openapi_extra=BY_KEY)
async def data_of_citizen(
    connection: Direct, settings: Config, context: RequestContext, manage_token: ManageToken
) -> wire.CitizenData:
    """GDPR, articles 15 and 20: the details, what happened, and until when the details are kept."""
    found = await appointments.opened_by(connection, given_key(manage_token), settings)
    await note_key(connection, context, found)
    return await citizen_data.data_of(connection, found, settings)


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


@routes.post("/appointments/{id}/cancellation", summary="Cancel")
async def cancel_appointment(
    work: Work,
    id: uuid.UUID,
    if_match: IfMatch,
    response: Response,
    manage_token: ManageToken,
    wanted: wire.CancellationInput | None = None,
) -> wire.Appointment:
    """The time is free again at once. Cancelling what is cancelled changes nothing."""
    view = await _view_of(work, id, manage_token)
    actor = access.require_actor(work.context.caller, view)
    reason = wanted.reason if wanted else None
    await work.once(
        lambda: changes.cancel(
            work.connection, work.context, appointment_id=id, actor=actor, reason=reason, if_match=if_match
        )
    )
    return await _as_seen(work, response, id, view)


@routes.post("/appointments/{id}/move", summary="Move to another time", openapi_extra=COUNTED)
async def move_appointment(
    work: Work,
    id: uuid.UUID,
    wanted: wire.MoveInput,
    if_match: IfMatch,
    response: Response,
    manage_token: ManageToken,
) -> wire.Appointment:
    """The new time is taken and the old one freed at once, or nothing changes."""
    view = await _view_of(work, id, manage_token)
    actor = access.require_actor(work.context.caller, view)
    await work.check(lambda: limit_moves(work.connection, work.context, id))
    await work.once(
        lambda: changes.move(
            work.connection, work.context, appointment_id=id, actor=actor, slot_id=wanted.slot_id, if_match=if_match
        )
    )
    return await _as_seen(work, response, id, view)


@routes.post("/appointments/{id}/reassignment", summary="Give it to another tutor")
async def reassign_appointment(
    work: Work,
    id: uuid.UUID,
    if_match: IfMatch,
    response: Response,
    wanted: wire.ReassignmentInput | None = None,
) -> wire.Appointment:
    """At the same time and place: to the tutor who is named, or to the fairest who is free. For a sick tutor's whole
    day, add an absence with `"appointments": "reassign"`."""
    view = await _view_of(work, id)
    actor = access.require_actor(work.context.caller, view)
    to = wanted.tutor_id if wanted else None
    await work.once(
        lambda: changes.reassign(
            work.connection, work.context, appointment_id=id, actor=actor, to=to, if_match=if_match
        )
    )
    return await _as_seen(work, response, id, view)


@routes.post("/appointments/{id}/outcome", summary="Say who came and how it ended")
async def set_outcome(
    work: Work, id: uuid.UUID, wanted: wire.OutcomeInput, if_match: IfMatch, response: Response
) -> wire.Appointment:
    """For the tutor and their service point, once the visit has begun. Saying it again corrects it."""
    view = await _view_of(work, id)
    actor = access.require_actor(work.context.caller, view)
    await work.once(
        lambda: changes.mark_outcome(
            work.connection, work.context, appointment_id=id, actor=actor, outcome=wanted, if_match=if_match
        )
    )
    return await _as_seen(work, response, id, view)


@routes.delete("/appointments/{id}/outcome", summary="Undo the outcome")
async def remove_outcome(work: Work, id: uuid.UUID, if_match: IfMatch, response: Response) -> wire.Appointment:
    """One that was said by mistake: the appointment is booked again. Until the end of the day after the visit."""
    view = await _view_of(work, id)
    actor = access.require_actor(work.context.caller, view)
    await work.repeat(
        lambda: changes.remove_outcome(work.connection, work.context, appointment_id=id, actor=actor, if_match=if_match)
    )
    return await _as_seen(work, response, id, view)


@routes.post("/appointments/{id}/correction", summary="Correct the citizen's details", openapi_extra=COUNTED)
async def correct_details(
    work: Work,
    id: uuid.UUID,
    wanted: wire.CorrectionInput,
    if_match: IfMatch,
    response: Response,
    manage_token: ManageToken,
) -> wire.Appointment:
    """GDPR, article 16. All of them are given, also those that stay. A new phone number or e-mail address gets the
    confirmation again. When it replaces another, and not by the citizen's own key, they have a new key (`manage_url`),
    the former contact is told that its link opens nothing any more, and the address of a home is given anew."""
    view = await _view_of(work, id, manage_token)
    actor = access.require_actor(work.context.caller, view)
    await work.check(lambda: limit_corrections(work.connection, work.context, id, wanted.citizen))
    await work.once(
        lambda: correct(work.connection, work.context, appointment_id=id, actor=actor, wanted=wanted, if_match=if_match)
    )
    return await _as_seen(work, response, id, view)


@routes.post(
    "/appointments/{id}/confirmation", summary="Send the citizen the confirmation again", openapi_extra=COUNTED
)
async def send_confirmation_again(
    work: Work, id: uuid.UUID, response: Response, manage_token: ManageToken
) -> wire.Appointment:
    """To the contacts that they gave; of what is `held` until it is verified, the code. Nothing else changes."""
    view = await _view_of(work, id, manage_token)
    actor = access.require_actor(work.context.caller, view)
    await work.check(lambda: limit_sending_again(work.connection, work.context, id))
    await work.once(lambda: send_again(work.connection, work.context, appointment_id=id, actor=actor))
    return await _as_seen(work, response, id, view)


@routes.post("/appointments/{id}/erasure", status_code=204, summary="Forget the citizen")
async def erase_citizen(work: Work, id: uuid.UUID, manage_token: ManageToken) -> None:
    """GDPR, article 17. At once; a visit that is still to come is cancelled, and the citizen is told. What happened
    stays, without a name."""
    view = await _view_of(work, id, manage_token)
    actor = access.require_actor(work.context.caller, view)
    await work.once(lambda: erasure.erase(work.connection, work.context, appointment_id=id, actor=actor))


@routes.get("/appointments/{id}/recipient", include_in_schema=False)
async def recipient_of(connection: Direct, settings: Config, caller: Caller, id: uuid.UUID) -> wire.Recipient:
    caller.require("recipients:read")
    return await appointments.recipient(connection, id, settings)


@routes.get("/appointments/{id}/former-recipient", include_in_schema=False)
async def former_recipient_of(connection: Direct, caller: Caller, id: uuid.UUID) -> wire.FormerRecipient:
    caller.require("recipients:read")
    return await appointments.former_recipient(connection, id)

"""Holding, booking, moving and closing."""

import uuid

from fastapi import APIRouter, Response

from services.booking import access, views
from services.booking.actions import appointments, leaving
from services.booking.routes.common import Act, Config, ManageToken, require_key, tagged
from shared.auth import Caller
from shared.clock import Now
from shared.conditional import IfMatch
from shared.db import Direct, Session
from shared.schemas import booking as wire
from shared.schemas.common import Date

routes = APIRouter(tags=["appointments"])


@routes.post("/holds", status_code=201, summary="Keep a time for a while")
async def hold(act: Act, settings: Config, wanted: wire.HoldInput) -> wire.Hold:
    """It is nobody else's until `expires`, then free again by itself. Book it by `hold_id`, with its `manage_token` in
    `Manage-Token`."""
    access.may_book(act.context.caller)
    return await views.hold(
        act.connection, await act.do(appointments.hold, unless=appointments.gone, wanted=wanted), settings
    )


@routes.post("/holds/{id}/extension", summary="Keep it ten minutes more")
async def extend(act: Act, settings: Config, id: uuid.UUID, manage_token: ManageToken = None) -> wire.Hold:
    """Up to an hour from the beginning."""
    require_key(settings, manage_token, id)
    return await views.hold(act.connection, await act.do(appointments.keep_holding, hold_id=id), settings)


@routes.delete("/holds/{id}", status_code=204, summary="Give it back")
async def let_go(act: Act, settings: Config, id: uuid.UUID, manage_token: ManageToken = None) -> None:
    require_key(settings, manage_token, id)
    await act.again(appointments.let_go, hold_id=id)


@routes.post("/appointments", status_code=201, summary="Book")
async def book(
    act: Act, settings: Config, wanted: wire.AppointmentInput, response: Response, manage_token: ManageToken = None
) -> wire.Appointment:
    """A citizen books without signing in; a municipal system or a service point for the person before it. A time that
    is not free answers 409 with the nearest `alternatives`."""
    access.may_book(act.context.caller)
    if wanted.hold_id is not None:
        require_key(settings, manage_token, wanted.hold_id)
    made = await act.do(appointments.book, unless=appointments.gone, wanted=wanted)
    return tagged(response, await views.appointment(act.connection, made, access.BOOKER, settings))


@routes.post("/series", status_code=201, summary="Book the same time in several weeks")
async def series(act: Act, settings: Config, wanted: wire.SeriesInput) -> wire.Appointments:
    """All of them or none; the first date that is not free is named."""
    access.may_book(act.context.caller)
    return await views.series(act.connection, await act.do(appointments.book_series, wanted=wanted), settings)


@routes.get("/appointments", summary="A day's list")
async def day(session: Session, settings: Config, caller: Caller, date: Date) -> wire.Appointments:
    """The appointments of a local date that the caller may see, in order of time, without cancelled ones."""
    return await views.day(session, caller, date, settings)


@routes.get("/appointments/mine", summary="The appointment that a citizen's key opens")
async def mine(
    connection: Direct, settings: Config, response: Response, manage_token: ManageToken = None
) -> wire.Appointment:
    found = await views.opened_by(connection, manage_token or "")
    return tagged(response, await views.appointment(connection, found, access.CITIZEN, settings))


@routes.get("/appointments/to-come", include_in_schema=False)
async def to_come(
    session: Session,
    settings: Config,
    caller: Caller,
    now: Now,
    tutor_id: uuid.UUID | None = None,
    service_point_id: uuid.UUID | None = None,
) -> wire.AppointmentsToCome:
    caller.require("to-come:read")
    return await leaving.to_come(session, tutor=tutor_id, service_point=service_point_id, now=now, zone=settings.zone)


@routes.get("/appointments/{id}", summary="One appointment")
async def appointment(
    connection: Direct,
    settings: Config,
    caller: Caller,
    id: uuid.UUID,
    response: Response,
    manage_token: ManageToken = None,
) -> wire.Appointment:
    view = await views.view_of(connection, id, caller, manage_token, settings)
    return tagged(response, await views.appointment(connection, id, view, settings))


@routes.get("/appointments/{id}/history", summary="All that happened to it")
async def history(
    connection: Direct, settings: Config, caller: Caller, id: uuid.UUID, manage_token: ManageToken = None
) -> wire.Steps:
    """Who did what and when, and how long before the start."""
    await views.view_of(connection, id, caller, manage_token, settings)
    return await views.history(connection, id, settings.zone)


@routes.post("/appointments/{id}/cancellation", summary="Cancel")
async def cancel(
    act: Act,
    settings: Config,
    id: uuid.UUID,
    if_match: IfMatch,
    response: Response,
    wanted: wire.CancellationInput | None = None,
    manage_token: ManageToken = None,
) -> wire.Appointment:
    """The time is free again at once. Cancelling what is cancelled changes nothing."""
    view = await views.view_of(act.connection, id, act.context.caller, manage_token, settings)
    actor = access.require_actor(act.context.caller, view)
    reason = wanted.reason if wanted else None
    await act.do(appointments.cancel, appointment_id=id, actor=actor, reason=reason, if_match=if_match)
    return tagged(response, await views.appointment(act.connection, id, view, settings))


@routes.post("/appointments/{id}/reschedule", summary="Move to another time")
async def reschedule(
    act: Act,
    settings: Config,
    id: uuid.UUID,
    wanted: wire.MoveInput,
    if_match: IfMatch,
    response: Response,
    manage_token: ManageToken = None,
) -> wire.Appointment:
    """The new time is taken and the old one freed at once, or nothing changes."""
    view = await views.view_of(act.connection, id, act.context.caller, manage_token, settings)
    actor = access.require_actor(act.context.caller, view)
    await act.do(appointments.reschedule, appointment_id=id, actor=actor, slot_id=wanted.slot_id, if_match=if_match)
    return tagged(response, await views.appointment(act.connection, id, view, settings))


@routes.post("/appointments/{id}/reassignment", summary="Give it to another helper")
async def reassign(
    act: Act,
    settings: Config,
    id: uuid.UUID,
    if_match: IfMatch,
    response: Response,
    wanted: wire.ReassignmentInput | None = None,
) -> wire.Appointment:
    """At the same time and place: to the helper who is named, or to the fairest who is free. For a sick helper's whole
    day, add an absence with `"appointments": "reassign"`."""
    view = await views.view_of(act.connection, id, act.context.caller, None, settings)
    actor = access.require_actor(act.context.caller, view)
    to = wanted.tutor_id if wanted else None
    await act.do(appointments.reassign, appointment_id=id, actor=actor, to=to, if_match=if_match)
    return tagged(response, await views.appointment(act.connection, id, view, settings))


@routes.post("/appointments/{id}/outcome", summary="Say who came and how it ended")
async def outcome(
    act: Act, settings: Config, id: uuid.UUID, wanted: wire.OutcomeInput, if_match: IfMatch, response: Response
) -> wire.Appointment:
    """For the tutor and their service point. Saying it again corrects it."""
    view = await views.view_of(act.connection, id, act.context.caller, None, settings)
    actor = access.require_actor(act.context.caller, view)
    await act.do(appointments.mark_outcome, appointment_id=id, actor=actor, outcome=wanted, if_match=if_match)
    return tagged(response, await views.appointment(act.connection, id, view, settings))


@routes.post("/appointments/{id}/erasure", status_code=204, summary="Forget the citizen")
async def erase(act: Act, settings: Config, id: uuid.UUID, manage_token: ManageToken = None) -> None:
    """At once; a visit that is still to come is cancelled. What happened stays, without a name."""
    view = await views.view_of(act.connection, id, act.context.caller, manage_token, settings)
    actor = access.require_actor(act.context.caller, view)
    await act.do(appointments.erase, appointment_id=id, actor=actor)


@routes.get("/appointments/{id}/recipient", include_in_schema=False)
async def recipient(connection: Direct, settings: Config, caller: Caller, id: uuid.UUID) -> wire.Recipient:
    caller.require("recipients:read")
    return await views.recipient(connection, id, settings)

"""What becomes of an appointment: cancelled, moved, given to another tutor, and how it ended."""

import uuid

from fastapi import APIRouter, Response

from services.booking import access
from services.booking.actions import changes, outcomes, reassigning
from services.booking.actions.limits import limit_moves
from services.booking.reads import appointments
from services.booking.routes.requests import Config, ManageToken, RequestContext
from services.booking.routes.seen import as_seen, view_of
from services.booking.routes.unit_of_work import Work
from shared.conditional import IfMatch
from shared.db import Direct
from shared.openapi.allowances import COUNTED
from shared.schemas import booking as wire

routes = APIRouter(tags=["appointments"])


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
    view = await view_of(work, id, manage_token)
    actor = access.require_actor(work.context.caller, view)
    reason = wanted.reason if wanted else None
    await work.once(
        lambda: changes.cancel(
            work.connection, work.context, appointment_id=id, actor=actor, reason=reason, if_match=if_match
        )
    )
    return await as_seen(work, response, id, view)


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
    view = await view_of(work, id, manage_token)
    actor = access.require_actor(work.context.caller, view)
    await work.check(lambda: limit_moves(work.connection, work.context, id))
    await work.once(
        lambda: changes.move(
            work.connection, work.context, appointment_id=id, actor=actor, slot_id=wanted.slot_id, if_match=if_match
        )
    )
    return await as_seen(work, response, id, view)


@routes.get("/appointments/{id}/reassignment", summary="To whom it could be given")
async def who_could_take_over(
    connection: Direct, settings: Config, context: RequestContext, id: uuid.UUID
) -> wire.Reassignment:
    """For who may give it to another tutor. Nothing is changed, and nobody is asked yet."""
    view = await appointments.view_of(connection, id, context.caller, None, settings, now=context.now)
    access.require_actor(context.caller, view)
    tutors, company = await reassigning.who_could_take_over(connection, context, id)
    return await appointments.reassignment(connection, id, tutors, company, settings.zone)


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
    view = await view_of(work, id)
    actor = access.require_actor(work.context.caller, view)
    to = wanted.tutor_id if wanted else None
    await work.once(
        lambda: reassigning.reassign(
            work.connection, work.context, appointment_id=id, actor=actor, to=to, if_match=if_match
        )
    )
    return await as_seen(work, response, id, view)


@routes.post("/appointments/{id}/outcome", summary="Say who came and how it ended")
async def set_outcome(
    work: Work, id: uuid.UUID, wanted: wire.OutcomeInput, if_match: IfMatch, response: Response
) -> wire.Appointment:
    """For the tutor and their service point, once the visit has begun. Saying it again corrects it."""
    view = await view_of(work, id)
    actor = access.require_actor(work.context.caller, view)
    await work.once(
        lambda: outcomes.mark_outcome(
            work.connection, work.context, appointment_id=id, actor=actor, outcome=wanted, if_match=if_match
        )
    )
    return await as_seen(work, response, id, view)


@routes.delete("/appointments/{id}/outcome", summary="Undo the outcome")
async def remove_outcome(work: Work, id: uuid.UUID, if_match: IfMatch, response: Response) -> wire.Appointment:
    """One that was said by mistake: the appointment is booked again. Until the end of the day after the visit."""
    view = await view_of(work, id)
    actor = access.require_actor(work.context.caller, view)
    await work.repeat(
        lambda: outcomes.remove_outcome(
            work.connection, work.context, appointment_id=id, actor=actor, if_match=if_match
        )
    )
    return await as_seen(work, response, id, view)

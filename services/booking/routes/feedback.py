"""What citizens say of their visits, and what is answered."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query

from services.booking.access import Today
from services.booking.actions import feedback
from services.booking.actions.limits import limit_feedback
from services.booking.actions.reading import note_feedback
from services.booking.reads import feedback as reads
from services.booking.routes.requests import Config, ManageToken, RequestContext, require_key
from services.booking.routes.unit_of_work import Work
from shared.db import Direct
from shared.http.paging import Linked
from shared.openapi.allowances import COUNTED
from shared.openapi.security import BY_KEY
from shared.schemas import booking as wire

routes = APIRouter(tags=["feedback"])


@routes.put("/appointments/{id}/feedback", summary="Say how the visit went", openapi_extra=BY_KEY | COUNTED)
async def say_feedback(
    work: Work, id: uuid.UUID, wanted: wire.FeedbackInput, manage_token: ManageToken
) -> wire.Feedback:
    """By the citizen's key, once the visit is over (`visit-not-over`). Said again, it replaces what was said before."""
    await require_key(work.connection, work.settings, manage_token, id)
    await limit_feedback(work.connection, work.context, id)
    await work.repeat(lambda: feedback.say(work.connection, work.context, appointment_id=id, wanted=wanted))
    return await reads.of_visit(work.connection, id, work.settings.zone)


@routes.get("/appointments/{id}/feedback", summary="What was said of a visit")
async def feedback_of_visit(
    connection: Direct, settings: Config, context: RequestContext, id: uuid.UUID, manage_token: ManageToken
) -> wire.Feedback:
    """For its citizen, and for who may see who came."""
    today = Today(context.now, settings.zone)
    await reads.require_reader(connection, id, context.caller, manage_token, settings, today)
    found = await reads.of_visit(connection, id, settings.zone)
    await note_feedback(connection, context, [found])
    return found


@routes.get("/feedback", summary="What was said of the visits of one's own")
async def list_of_feedback(
    connection: Direct,
    settings: Config,
    context: RequestContext,
    wanted: Annotated[wire.FeedbackList, Query()],
    linked: Linked,
) -> wire.Feedbacks:
    """Of all visits whose citizens the caller may see, newest first."""
    found = await reads.newest(connection, context.caller, wanted, settings.zone)
    await note_feedback(connection, context, found.items)
    return linked(found)


@routes.post("/feedback/{id}/answer", summary="Answer a citizen")
async def answer_feedback(work: Work, id: uuid.UUID, wanted: wire.FeedbackAnswerInput) -> wire.Feedback:
    """By the visit's id. The citizen sees it on the page of their visit, as long as their details are kept."""
    today = Today(work.context.now, work.settings.zone)
    await reads.require_side(work.connection, id, work.context.caller, today, *reads.ANSWERED_BY)
    await work.once(lambda: feedback.answer(work.connection, work.context, appointment_id=id, wanted=wanted))
    found = await reads.of_visit(work.connection, id, work.settings.zone)
    await note_feedback(work.connection, work.context, [found])
    return found

"""How a visit went, as its citizen says it by their key; and what was answered."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import ValidationError

from services.web import view
from services.web.clients import booking
from services.web.forms.feedback import (
    MET_NEED,
    RECOMMENDS,
    FeedbackForm,
    feedback_input,
    missing_answers,
    refused_feedback,
    said_before,
    unusable_words,
)
from services.web.pages.keys import ManageKey
from services.web.removal import NOT_FOUND
from services.web.spoken import spoken_by
from shared.clients import BookingClient, Refused
from shared.schemas import booking as wire

routes = APIRouter()
TOOK_PLACE = ("booked", "attended")


def asks_how_it_went(appointment: wire.Appointment) -> bool:
    """Whether a visit is over, so that its citizen is asked how it went: when `booking` takes what they say."""
    return appointment.state in TOOK_PLACE and appointment.end <= dt.datetime.now(dt.UTC)


@routes.get("/a/{token}/feedback")
async def ask_how_it_went(request: Request, token: ManageKey, said: bool = False) -> Response:
    """Ask two questions, and for words; show what was said and answered."""
    found = await booking(request).mine(token)
    return await _feedback_page(request, token, found, happened=said)


@routes.post("/a/{token}/feedback")
async def say_how_it_went(request: Request, token: ManageKey, form: Annotated[FeedbackForm, Depends()]) -> Response:
    """Keep what was said. Sent twice, it says the same twice."""
    client = booking(request)
    found = await client.mine(token)
    if form.do:
        return await _feedback_page(request, token, found, form)
    if errors := missing_answers(request, form):
        return await _feedback_page(request, token, found, form, errors, 422)
    try:
        await client.say_feedback(found.id, feedback_input(form), token)
    except ValidationError as error:
        return await _feedback_page(request, token, found, form, unusable_words(request, error), 422)
    except Refused as refused:
        return await _feedback_page(request, token, found, form, refused_feedback(refused), refused.problem.status)
    return view.redirect(f"/a/{token}/feedback?said=1")


async def _feedback_page(
    request: Request,
    token: str,
    appointment: wire.Appointment,
    form: FeedbackForm | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
    *,
    happened: bool = False,
) -> Response:
    said = await _said_of(booking(request), appointment, token)
    if said is None and not asks_how_it_went(appointment):
        return view.redirect(f"/a/{token}")
    return view.page(
        request,
        "feedback.html",
        status,
        spoken=spoken_by(request, appointment.citizen),
        here=f"/a/{token}/feedback",
        token=token,
        appointment=appointment,
        said=said,
        form=form or said_before(said),
        errors=errors or {},
        happened=happened,
        met_need=MET_NEED,
        recommends=RECOMMENDS,
    )


async def _said_of(client: BookingClient, appointment: wire.Appointment, token: str) -> wire.Feedback | None:
    try:
        return await client.feedback(appointment.id, token)
    except Refused as refused:
        if refused.is_(NOT_FOUND):
            return None
        raise

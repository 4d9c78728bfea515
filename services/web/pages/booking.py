"""The form that books a time that is kept: a step of its own, in which nothing typed is lost."""

import contextlib
import uuid
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import ValidationError

from services.web import view
from services.web.clients import booking
from services.web.forms.booking import BookingForm, Details, asked_of, missing_fields
from services.web.forms.findings import invalid_fields
from services.web.forms.search import Search
from services.web.login import DeskToken
from services.web.pages.booking_form import NO_HOLD, Said, form_page
from services.web.pages.earlier_times import earlier_time, remember
from services.web.pages.keys import EarlierKey, ManageKey, manage_token_of
from services.web.pages.other_times import keep_other, other_times_page
from services.web.pages.two_people import SecondRefused, book_kept, booked_beside
from shared.clients import Refused
from shared.problems import NotFound
from shared.schemas import booking as wire

routes = APIRouter(prefix="/book/{hold}/{token}")
HELD = "held"  # until the citizen types the code that they are sent
SHOWN_AGAIN = {"language", "back"}
UNAUTHENTICATED = 401  # the key in the address opens nothing


@routes.get("")
async def show_form(request: Request, hold: uuid.UUID, token: ManageKey) -> Response:
    """Show the form; of a time that is booked already, the booking; of one that is kept no more, other times."""
    kept = await _kept(request, hold, token)
    if kept:
        return await form_page(request, kept, Details())
    booked = await _booked_already(request, token)
    return view.redirect(_page_of(booked, token)) if booked else await other_times_page(request, None)


@routes.post("")
async def book_time(
    request: Request, hold: uuid.UUID, token: ManageKey, desk: DeskToken, form: Annotated[BookingForm, Depends()]
) -> Response:
    """Book, and go on to the appointment's own page; or say what is missing, or show other times, with nothing lost."""
    details = await form.details(request)
    kept = await _kept(request, hold, token)
    booked = None if kept else await _booked_already(request, token)
    if booked:  # pressed twice, or again after going back
        return view.redirect(_page_of(booked, token, await booked_beside(request, desk, booked, details)))
    return await _what_is_asked(request, desk, kept, details, form)


@routes.post("/release")
async def give_back(request: Request, hold: uuid.UUID, token: ManageKey, earlier: EarlierKey = None) -> Response:
    """Give the time back, and go on to other times, or to the earlier time that is enough."""
    with contextlib.suppress(Refused):  # it has lapsed, or is booked: there is nothing to give back
        await booking(request).release_hold(hold, token)
    if earlier:
        return view.redirect(f"/a/{earlier}")
    return view.redirect(Search.of(request.query_params).address())


async def _what_is_asked(
    request: Request, desk: str | None, kept: wire.Hold | None, details: Details, form: BookingForm
) -> Response:
    """Do what the button says that was pressed; the form's own books."""
    if form.slot:
        return await keep_other(request, desk, kept, details, form.slot)
    if kept is None or form.do == "other":
        return await other_times_page(request, kept)
    if form.do == "longer":
        return await form_page(request, await _longer(request, kept), details)
    if form.do in SHOWN_AGAIN:
        return await form_page(request, kept, details)
    return await _booked(request, desk, kept, details)


async def _booked(request: Request, desk: str | None, kept: wire.Hold, details: Details) -> Response:
    """Book, and go on to the appointment; or say why not."""
    if first := await _said_first(request, desk, kept, details):
        return first
    try:
        made, second = await book_kept(request, desk, kept, details)
    except SecondRefused as refused:
        return await form_page(request, kept, details, Said(refused.errors, refused.status))
    except ValidationError as error:
        return await form_page(request, kept, details, Said(invalid_fields(request, error), 422))
    except Refused as refused:
        return await form_page(request, kept, details, Said.of(refused))
    key = manage_token_of(made)
    answer = view.redirect(_page_of(made, key, second))
    if not desk:
        remember(request, answer, made, key)
    return answer


async def _said_first(request: Request, desk: str | None, kept: wire.Hold, details: Details) -> Response | None:
    """Return the form with what is missing or has to be asked; None when it can be booked."""
    if errors := missing_fields(request, details, kept.channel):
        return await form_page(request, kept, details, Said(errors, 422))
    if asked := asked_of(request, details):
        return await form_page(request, kept, details, Said(status=422, asked=asked))
    if not (desk or details.also) and (earlier := await earlier_time(request, kept, details)):
        return await form_page(request, kept, details, Said(status=409, earlier=earlier))
    return None


async def _kept(request: Request, hold: uuid.UUID, token: str) -> wire.Hold | None:
    """Return a time that is kept; None when it is booked, or was given back."""
    try:
        return await booking(request).held(hold, token)
    except Refused as refused:
        if refused.is_(NO_HOLD):
            return None
        raise (NotFound() if refused.problem.status == UNAUTHENTICATED else refused) from None


async def _booked_already(request: Request, token: str) -> wire.Appointment | None:
    """Return what was booked; None when it was given back."""
    try:
        return await booking(request).mine(token)
    except Refused:
        return None


def _page_of(found: wire.Appointment, token: str, second: wire.Appointment | None = None) -> str:
    """Return where somebody goes on who has booked: who is sent nothing and comes alone, to the slip at once."""
    query = {} if found.state == HELD else {"booked": "1"}
    query |= {"second": manage_token_of(second)} if second else {}
    is_untold = found.citizen is not None and found.citizen.unreachable and not second
    return f"/a/{token}{'/slip' if is_untold else ''}{'?' if query else ''}{urlencode(query)}"


async def _longer(request: Request, kept: wire.Hold) -> wire.Hold:
    try:
        return await booking(request).extend_hold(kept.id, kept.manage_token)
    except Refused:  # it has lapsed; the form says so
        return kept

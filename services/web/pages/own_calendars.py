"""A tutor's visits in a calendar of their own, by a secret address, and that calendar's busy times here."""

import uuid
from collections.abc import Awaitable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from pydantic import ValidationError

from services.web import view
from services.web.access_token import own_tutor
from services.web.clients import booking
from services.web.forms.findings import told_in
from services.web.forms.nonce import idempotency_key, new_nonce
from services.web.language import page_language, translate
from services.web.login import AccessToken
from services.web.removal import gone_is_fine
from shared.clients import Refused
from shared.problems import NotFound
from shared.schemas import booking as wire
from shared.texts import marked

routes = APIRouter(prefix="/hours/calendars")
ADDRESS_NEEDED = marked("Write the address of your calendar. It begins with https.")
Found = TypeVar("Found")


def _own_tutor(token: AccessToken) -> uuid.UUID:
    """Return who has signed in, a tutor; raises NotFound for others."""
    tutor = own_tutor(token)
    if tutor is None:
        raise NotFound
    return tutor


Tutor = Annotated[uuid.UUID, Depends(_own_tutor)]


@routes.get("")
async def show_calendars(request: Request, token: AccessToken, tutor: Tutor) -> Response:
    """Show whether there is an address of the tutor's visits, and how reading their own calendar goes."""
    return await _calendars_page(request, token, tutor)


@routes.post("/subscription")
async def make_address(
    request: Request, token: AccessToken, tutor: Tutor, nonce: Annotated[str, Form()] = ""
) -> Response:
    """Make the address, or another in its place, and show it: it is never shown again."""
    wanted = wire.CalendarSubscriptionInput(language=page_language(request))
    made = await booking(request, token).make_subscription(tutor, wanted, idempotency_key(nonce, wanted))
    return await _calendars_page(request, token, tutor, made=made)


@routes.post("/subscription/remove")
async def end_address(request: Request, token: AccessToken, tutor: Tutor) -> Response:
    """End the address: nothing is read there any more."""
    with gone_is_fine():
        await booking(request, token).end_subscription(tutor)
    return view.redirect("/hours/calendars")


@routes.post("/own")
async def set_own_calendar(
    request: Request, token: AccessToken, tutor: Tutor, url: Annotated[str, Form()] = ""
) -> Response:
    """Take the address of the tutor's own calendar."""
    try:
        await booking(request, token).set_calendar(tutor, wire.ExternalCalendarInput(url=url))
    except ValidationError:
        return await _calendars_page(request, token, tutor, error=translate(request, ADDRESS_NEEDED))
    except Refused as refused:
        return await _calendars_page(request, token, tutor, error=told_in(refused))
    return view.redirect("/hours/calendars")


@routes.post("/own/remove")
async def forget_own_calendar(request: Request, token: AccessToken, tutor: Tutor) -> Response:
    """Forget the tutor's own calendar."""
    with gone_is_fine():
        await booking(request, token).remove_calendar(tutor)
    return view.redirect("/hours/calendars")


async def _calendars_page(
    request: Request,
    token: str,
    tutor: uuid.UUID,
    *,
    made: wire.NewCalendarSubscription | None = None,
    error: str | None = None,
) -> Response:
    client = booking(request, token)
    return view.page(
        request,
        "own_calendars.html",
        422 if error else 200,
        here="/hours/calendars",
        made=made,
        subscription=made or await _if_any(client.subscription(tutor)),
        own=await _if_any(client.calendar(tutor)),
        error=error,
        nonce=new_nonce(),
    )


async def _if_any(asked: Awaitable[Found]) -> Found | None:
    """Return what there is; None where there is none."""
    try:
        return await asked
    except Refused as refused:
        if refused.is_("not-found"):
            return None
        raise

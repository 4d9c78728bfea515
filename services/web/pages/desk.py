"""The desk: booking for the person who stands there or phones, and finding what they have booked."""

import datetime as dt
import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import ValidationError

from services.web import view
from services.web.access_token import own_organisation, own_point, region
from services.web.clients import booking, providers
from services.web.forms.findings import told_in
from services.web.language import translate
from services.web.login import AccessToken
from services.web.pages.slip import slip_page
from services.web.patience import answer_or_none
from services.web.phases import is_movable
from services.web.state import catalogue_of
from shared.clients import Refused
from shared.schemas import booking as wire
from shared.texts import marked

routes = APIRouter(prefix="/desk")
MORE_NEEDED = marked("Write at least two letters of the name, the phone number or the code word.")


@routes.get("")
async def show_desk(request: Request, token: AccessToken) -> Response:
    """Ask what somebody needs help with, at the desk's own place, or who they are."""
    return await _desk_page(request, token)


@routes.post("")
async def find_appointment(request: Request, token: AccessToken, words: Annotated[str, Form()] = "") -> Response:
    """Show the appointments that fit what somebody says of theirs. The words are in no address."""
    try:
        found = await booking(request, token).look_up(wire.LookupInput(words=words))
    except ValidationError:
        return await _desk_page(request, token, words=words, error=translate(request, MORE_NEEDED))
    except Refused as refused:
        return await _desk_page(request, token, words=words, error=told_in(refused), status=refused.problem.status)
    return await _desk_page(request, token, words=words, found=found)


@routes.get("/slip/{id}")
async def show_slip(request: Request, token: AccessToken, id: uuid.UUID) -> Response:
    """Show the slip of somebody who has lost theirs, to be printed; the link to their time is in their messages."""
    found = await booking(request, token).appointment(id)
    return await slip_page(request, found, back="/desk")


async def _desk_page(
    request: Request,
    token: str,
    *,
    words: str = "",
    found: wire.FoundAppointments | None = None,
    error: str | None = None,
    status: int = 422,
) -> Response:
    catalogue, now = catalogue_of(request), dt.datetime.now(dt.UTC)
    return view.page(
        request,
        "desk.html",
        status if error else 200,
        here="/desk",
        topics=sorted(await catalogue.bookable_topics(), key=lambda topic: (topic.rank, topic.code)),
        municipalities=[row for row in await catalogue.municipalities.get() if row.region == region(token)],
        municipality=await _own_municipality(request, token),
        words=words,
        found=found,
        movable={each.id for each in found.items if is_movable(each, now)} if found else set(),
        error=error,
    )


async def _own_municipality(request: Request, token: str) -> str:
    """Return the municipality of the desk's own service point, or of its organisation; empty where that is not known
    now."""
    registry = providers(request)
    if (point := own_point(token)) and (here := await answer_or_none(registry.service_point(point))):
        return here.municipality
    organisation = own_organisation(token)
    found = await answer_or_none(registry.organisation(organisation)) if organisation else None
    return (found.municipality or "") if found else ""

"""Time in which a tutor helps on one occasion."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from services.web import view
from services.web.clients import booking
from services.web.forms.findings import told_in
from services.web.forms.hours import OnceForm, read_standing
from services.web.forms.nonce import idempotency_key, new_nonce
from services.web.hosts import Host, host_of
from services.web.language import translate
from services.web.login import AccessToken
from services.web.own_places import own_places
from services.web.pages.consequences import AFFECTS, consequences_page
from services.web.pages.hours import SAVED
from services.web.removal import gone_is_fine
from services.web.state import settings_of
from shared.clients import Refused
from shared.texts import marked

routes = APIRouter(prefix="/hours/once")
TIME_NEEDED = marked("Choose the day, a place, and a time that ends after it starts.")


@routes.get("")
async def show_extra_form(request: Request, token: AccessToken, municipality: str = "") -> Response:
    """Show the form, with the places of a municipality."""
    return await _extra_page(request, token, OnceForm(municipality=municipality))


@routes.post("")
async def save_extra_time(request: Request, token: AccessToken, form: Annotated[OnceForm, Depends()]) -> Response:
    """Open time on one occasion, at a service point or by phone."""
    try:
        wanted = form.wanted(settings_of(request).zone)
        await booking(request, token).add_extra_time(wanted, idempotency_key(form.nonce, wanted))
    except ValueError:
        return await _extra_page(request, token, form, error=translate(request, TIME_NEEDED))
    except Refused as refused:
        host = await host_of(request, refused.problem) if refused.is_("consent-needed") else None
        return await _extra_page(request, token, form, error=told_in(refused), host=host)
    return view.redirect(SAVED)


@routes.post("/{id}/remove")
async def take_extra_time_back(
    request: Request, token: AccessToken, id: uuid.UUID, standing: Annotated[str, Form()] = ""
) -> Response:
    """Take it back; when appointments stand in it, ask first what becomes of them."""
    decided = read_standing(standing)
    try:
        with gone_is_fine():
            await booking(request, token).remove_extra_time(id, decided)
    except Refused as refused:
        if not refused.is_(AFFECTS):
            raise
        return await consequences_page(request, token, refused, back="/hours")
    return view.redirect(SAVED)


async def _extra_page(
    request: Request, token: str, form: OnceForm, *, error: str | None = None, host: Host | None = None
) -> Response:
    return view.page(
        request,
        "extra_time.html",
        422 if error else 200,
        here="/hours/once",
        form=form,
        own=await own_places(request, token, form.municipality),
        error=error,
        host=host,
        nonce=form.nonce or new_nonce(),
    )

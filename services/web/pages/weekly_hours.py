"""A tutor's weekly hours: added for one weekday or several, changed and taken away."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from services.web import view
from services.web.clients import booking, providers
from services.web.forms.findings import told_in
from services.web.forms.hours import HoursForm, as_before, read_standing
from services.web.forms.nonce import idempotency_key, new_nonce
from services.web.hosts import Host, host_of
from services.web.language import translate
from services.web.login import AccessToken
from services.web.own_places import own_places
from services.web.pages.consequences import AFFECTS, consequences_page
from services.web.pages.hours import SAVED
from services.web.removal import gone_is_fine
from services.web.week import WEEK
from shared.clients import Refused
from shared.problems import NotFound
from shared.schemas import booking as wire
from shared.schemas.providers import ConsentRequest, ConsentStatus
from shared.texts import marked

routes = APIRouter(prefix="/hours")
HOURS_NEEDED = marked("Choose a day, a place, and a time that ends after it starts.")


@routes.get("/weekly")
async def show_weekly_form(request: Request, token: AccessToken, municipality: str = "") -> Response:
    """Show the form of weekly hours, with the places of a municipality."""
    return await _weekly_page(request, token, HoursForm(municipality=municipality))


@routes.post("/weekly")
async def add_weekly_hours(request: Request, token: AccessToken, form: Annotated[HoursForm, Depends()]) -> Response:
    """Add weekly hours at a service point, or by phone, for each weekday that was ticked."""
    client = booking(request, token)
    try:
        for wanted in list(form.each_wanted()):
            await client.add_availability(wanted, idempotency_key(form.nonce, wanted))
    except ValueError:
        return await _weekly_page(request, token, form, error=translate(request, HOURS_NEEDED))
    except Refused as refused:
        return await _refused_page(request, token, form, refused)
    return view.redirect(SAVED)


@routes.post("/consents")
async def ask_for_consent(
    request: Request,
    token: AccessToken,
    point: Annotated[uuid.UUID, Form()],
    nonce: Annotated[str, Form()] = "",
) -> Response:
    """Ask a place's organisation for its consent, and say what becomes of it."""
    key = idempotency_key(f"{nonce}/{point}", ConsentRequest())
    consent = await providers(request, token).ask_for_consent(point, key)
    return await _weekly_page(request, token, HoursForm(), asked=consent.status)


@routes.get("/weekly/{id}")
async def show_change(request: Request, token: AccessToken, id: uuid.UUID, municipality: str = "") -> Response:
    """Show the form with hours that are to be changed."""
    own = await _own(request, token, id)
    form = HoursForm.of(own)
    form.municipality = municipality
    return await _weekly_page(request, token, form, changed=own)


@routes.post("/weekly/{id}")
async def change_weekly_hours(
    request: Request, token: AccessToken, id: uuid.UUID, form: Annotated[HoursForm, Depends()]
) -> Response:
    """Change weekly hours; when appointments lose their time, ask first what becomes of them."""
    before = await _own(request, token, id)
    try:
        [wanted] = form.each_wanted()
        standing, version = read_standing(form.standing), int(form.version)
        await booking(request, token).change_availability(id, as_before(wanted, before), standing, version=version)
    except ValueError:
        return await _weekly_page(request, token, form, changed=before, error=translate(request, HOURS_NEEDED))
    except Refused as refused:
        if refused.is_(AFFECTS):
            return await consequences_page(request, token, refused, back=f"/hours/weekly/{id}")
        return await _refused_page(request, token, form, refused, changed=before)
    return view.redirect(SAVED)


@routes.post("/weekly/{id}/remove")
async def remove_weekly_hours(
    request: Request, token: AccessToken, id: uuid.UUID, standing: Annotated[str, Form()] = ""
) -> Response:
    """Withdraw weekly hours; when appointments stand in them, ask first what becomes of them."""
    decided = read_standing(standing)
    try:
        with gone_is_fine():
            await booking(request, token).remove_availability(id, decided)
    except Refused as refused:
        if not refused.is_(AFFECTS):
            raise
        return await consequences_page(request, token, refused, back="/hours")
    return view.redirect(SAVED)


async def _own(request: Request, token: str, hours: uuid.UUID) -> wire.Availability:
    """Return weekly hours of the tutor's own; raises NotFound for others."""
    found = await booking(request, token).availability()
    own = next((each for each in found if each.id == hours), None)
    if own is None:
        raise NotFound
    return own


async def _refused_page(
    request: Request, token: str, form: HoursForm, refused: Refused, *, changed: wire.Availability | None = None
) -> Response:
    """Return the form with why booking refused, and whom to ask where a place has to allow it first."""
    host = await host_of(request, refused.problem) if refused.is_("consent-needed") else None
    return await _weekly_page(request, token, form, changed=changed, error=told_in(refused), host=host)


async def _weekly_page(
    request: Request,
    token: str,
    form: HoursForm,
    *,
    changed: wire.Availability | None = None,
    error: str | None = None,
    host: Host | None = None,
    asked: ConsentStatus | None = None,
) -> Response:
    return view.page(
        request,
        "weekly_hours.html",
        422 if error else 200,
        here=f"/hours/weekly/{changed.id}" if changed else "/hours/weekly",
        form=form,
        changed=changed,
        own=await own_places(request, token, form.municipality),
        weekdays=WEEK,
        error=error,
        host=host,
        asked=asked,
        at_home=changed is not None and changed.channels == ["home"],
        nonce=form.nonce or new_nonce(),
    )

"""A tutor's weekly hours; the page shows their absences too (`absences.py`)."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from services.web import view
from services.web.access_token import region
from services.web.affected import Affected
from services.web.clients import booking, providers
from services.web.forms.hours import HoursForm
from services.web.forms.nonce import idempotency_key, new_nonce
from services.web.hosts import Host, host_of
from services.web.language import page_language, translate
from services.web.login import AccessToken
from services.web.removal import gone_is_fine
from services.web.state import catalogue_of
from shared.clients import Refused
from shared.schemas import booking as wire
from shared.schemas.providers import ConsentRequest, ConsentStatus, Municipality
from shared.texts import marked

routes = APIRouter()
HOURS_NEEDED = marked("Choose a day, a place, and a time that ends after it starts.")


@dataclass(frozen=True)
class UnsavedAbsence:
    """An absence that was not saved yet, and the appointments that stand in it."""

    first: dt.date | None
    last: dt.date | None
    appointments: list[Affected]


@routes.get("/hours")
async def show_hours(request: Request, token: AccessToken, municipality: str | None = None) -> Response:
    """Show weekly hours and absences, and the places of a municipality to add hours at."""
    return await hours_page(request, token, municipality)


@routes.post("/hours")
async def add_weekly_hours(request: Request, token: AccessToken, form: Annotated[HoursForm, Depends()]) -> Response:
    """Add weekly hours at a service point, or by phone."""
    shown = form.municipality or None
    try:
        wanted = form.wanted()
    except ValueError:
        return await hours_page(request, token, shown, translate(request, HOURS_NEEDED))
    try:
        await booking(request, token).add_availability(wanted, idempotency_key(form.nonce, wanted))
    except Refused as refused:
        host = await host_of(request, refused.problem) if refused.is_("consent-needed") else None
        return await hours_page(request, token, shown, refused.problem.detail, host=host)
    return view.redirect("/hours")


@routes.post("/hours/consents")
async def ask_for_consent(
    request: Request,
    token: AccessToken,
    point: Annotated[uuid.UUID, Form()],
    nonce: Annotated[str, Form()] = "",
) -> Response:
    """Ask a place's organisation for its consent, and say what becomes of it."""
    key = idempotency_key(f"{nonce}/{point}", ConsentRequest())
    consent = await providers(request, token).ask_for_consent(point, key)
    return await hours_page(request, token, asked=consent.status)


@routes.post("/hours/{id}/remove")
async def remove_weekly_hours(request: Request, token: AccessToken, id: uuid.UUID) -> Response:
    """Withdraw weekly hours; what is booked in them is kept."""
    with gone_is_fine():
        await booking(request, token).remove_availability(id)
    return view.redirect("/hours")


async def hours_page(
    request: Request,
    token: str,
    municipality: str | None = None,
    error: str | None = None,
    *,
    host: Host | None = None,
    asked: ConsentStatus | None = None,
    absence: wire.Absence | None = None,
    affected: UnsavedAbsence | None = None,
) -> Response:
    """Return the page, with what went wrong and whom to ask, what was asked or added, or what must be decided first."""
    client = booking(request, token)
    return view.page(
        request,
        "hours.html",
        409 if affected else 422 if error else 200,
        here="/hours",
        is_tutor=True,
        availability=await client.availability(),
        absences=await client.absences(),
        municipalities=await _municipalities(request, token),
        municipality=municipality,
        points=await providers(request).service_points(municipality) if municipality else [],
        error=error,
        host=host,
        asked=asked,
        fresh=absence,
        nonce=new_nonce(),
        affected=affected,
    )


async def _municipalities(request: Request, token: str) -> list[Municipality]:
    """Return the municipalities of the tutor's own region, in the order of the page's alphabet."""
    language = page_language(request)
    mine = [row for row in await catalogue_of(request).municipalities.get() if row.region == region(token)]
    return sorted(mine, key=lambda row: row.name.best(language))

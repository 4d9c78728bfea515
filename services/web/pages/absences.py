"""A tutor's absences, of days or of a part of one: added once it is clear what becomes of visits, and taken back."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from services.web import view
from services.web.clients import booking
from services.web.forms.findings import told_in
from services.web.forms.hours import AbsenceForm
from services.web.forms.nonce import idempotency_key, new_nonce
from services.web.language import translate
from services.web.login import SIGNED_IN, AccessToken
from services.web.pages.consequences import AFFECTS, consequences_page
from services.web.pages.hours import SAVED
from services.web.removal import gone_is_fine
from services.web.state import settings_of
from shared.clients import Refused
from shared.texts import marked

routes = APIRouter(prefix="/absences")
DAYS_NEEDED = marked("Choose the first and the last day.")


@routes.get("", dependencies=[SIGNED_IN])
async def show_absence_form(
    request: Request,
    first: Annotated[str, Query(alias="from")] = "",
    last: Annotated[str, Query(alias="until")] = "",
    from_time: str = "",
    to_time: str = "",
) -> Response:
    """Show the form of an absence, of a time that a link may say."""
    return _absence_page(request, AbsenceForm(first, last, from_time, to_time))


@routes.post("")
async def save_absence(request: Request, token: AccessToken, form: Annotated[AbsenceForm, Depends()]) -> Response:
    """Close time. When appointments stand in it, ask first what becomes of them."""
    try:
        wanted = form.wanted(settings_of(request).zone)
        made = await booking(request, token).add_absence(wanted, idempotency_key(form.nonce, wanted))
    except ValueError:
        return _absence_page(request, form, translate(request, DAYS_NEEDED))
    except Refused as refused:
        if refused.is_(AFFECTS):
            return await consequences_page(request, token, refused, back="/hours")
        return _absence_page(request, form, told_in(refused))
    return view.redirect(f"/hours?kept={len(made.appointments)}" if made.appointments else SAVED)


@routes.post("/{id}/remove")
async def take_absence_back(request: Request, token: AccessToken, id: uuid.UUID) -> Response:
    """Take an absence back: the time is open again."""
    with gone_is_fine():
        await booking(request, token).remove_absence(id)
    return view.redirect(SAVED)


def _absence_page(request: Request, form: AbsenceForm, error: str | None = None) -> Response:
    return view.page(
        request,
        "absence.html",
        422 if error else 200,
        here="/absences",
        form=form,
        error=error,
        nonce=form.nonce or new_nonce(),
    )

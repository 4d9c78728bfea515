"""A tutor's absences: add one, take one back. They are shown on the page of hours."""

import datetime as dt
import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from services.web import view
from services.web.affected import affected_by
from services.web.clients import booking
from services.web.dates import read_date
from services.web.forms.nonce import idempotency_key
from services.web.language import translate
from services.web.login import AccessToken
from services.web.pages.hours import UnsavedAbsence, hours_page
from services.web.removal import gone_is_fine
from shared.clients import Refused
from shared.schemas import booking as wire
from shared.texts import marked

routes = APIRouter()
DAYS_NEEDED = marked("Choose the first and the last day.")


@routes.post("/absences")
async def add_absence(
    request: Request,
    token: AccessToken,
    start: Annotated[str, Form(alias="from")] = "",
    end: Annotated[str, Form(alias="until")] = "",
    standing: Annotated[str, Form()] = "",
    nonce: Annotated[str, Form()] = "",
) -> Response:
    """Close time. When appointments stand in it, ask first what becomes of them."""
    first, last = read_date(start), read_date(end or start)
    try:
        wanted = wire.AbsenceInput.model_validate({"from": first, "until": last, "appointments": standing or None})
        made = await booking(request, token).add_absence(wanted, idempotency_key(nonce, wanted))
    except ValueError:
        return await hours_page(request, token, error=translate(request, DAYS_NEEDED))
    except Refused as refused:
        return await _absence_refused(request, token, refused, first, last)
    return await hours_page(request, token, absence=made) if made.appointments else view.redirect("/hours")


async def _absence_refused(
    request: Request, token: str, refused: Refused, first: dt.date | None, last: dt.date | None
) -> Response:
    if refused.is_("appointments-affected"):
        affected = UnsavedAbsence(first, last, affected_by(refused.problem))
        return await hours_page(request, token, affected=affected)
    errors = refused.problem.errors or []
    return await hours_page(request, token, error=errors[0].detail if errors else refused.problem.detail)


@routes.post("/absences/{id}/remove")
async def remove_absence(request: Request, token: AccessToken, id: uuid.UUID) -> Response:
    """Take an absence back: the time is open again."""
    with gone_is_fine():
        await booking(request, token).remove_absence(id)
    return view.redirect("/hours")

"""What is held of a citizen, which the link in their message opens: seen, corrected, taken along and erased."""

import datetime as dt
import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import ValidationError

from services.web import view
from services.web.clients import booking
from services.web.forms.correction import (
    CorrectionForm,
    corrected,
    filled_in,
    missing_details,
    why_not_corrected,
)
from services.web.forms.nonce import idempotency_key
from services.web.pages.keys import ManageKey, manage_token_of
from services.web.removal import NOT_FOUND
from services.web.sent_to import sent_to
from services.web.spoken import spoken_by
from services.web.state import settings_of
from shared.clients import Refused
from shared.problems import NotFound
from shared.schemas import booking as wire
from shared.texts import marked

routes = APIRouter()
STEPS = {
    "hold": marked("the time was kept for you"),
    "extend": marked("the time was kept for longer"),
    "release": marked("the time was given back"),
    "lapse": marked("the time was no longer kept"),
    "book": marked("the time was booked"),
    "move": marked("the time was moved"),
    "reassign": marked("the helper changed"),
    "displace": marked("the helper could not come"),
    "cancel": marked("the time was cancelled"),
    "correct": marked("your details were corrected"),
    "mark_attended": marked("it was noted that you came"),
    "mark_no_show": marked("it was noted that you did not come"),
    "reopen": marked("that note was taken back"),
}


@routes.get("/a/{token}/details")
async def show_details(request: Request, token: ManageKey, corrected: bool = False) -> Response:
    """Show all that is held, and until when."""
    return await _details_page(request, token, happened=corrected)


@routes.post("/a/{token}/details")
async def correct_details(request: Request, token: ManageKey, form: Annotated[CorrectionForm, Depends()]) -> Response:
    """Correct the details, and go on by the link that opens them then. The same form sent twice corrects once."""
    if form.do:
        return await _details_page(request, token, form)
    try:
        held = await booking(request).mine(token)
    except Refused as refused:
        if refused.is_(NOT_FOUND) and form.appointment is not None:
            return await _corrected_before(request, token, form, form.appointment)
        raise
    return await _correct(request, token, form, held)


async def _correct(request: Request, token: str, form: CorrectionForm, held: wire.Appointment) -> Response:
    unreachable = held.citizen is not None and held.citizen.unreachable
    if errors := missing_details(request, form, unreachable=unreachable):
        return await _details_page(request, token, form, errors, 422)
    try:
        wanted = corrected(request, form, unreachable=unreachable)
        done = await booking(request).correct(held.id, wanted, token, idempotency_key(form.nonce, wanted))
    except (ValidationError, Refused) as error:
        return await _details_page(request, token, form, *why_not_corrected(request, error))
    return view.redirect(f"/a/{manage_token_of(done) or token}/details?corrected=1")


async def _corrected_before(request: Request, token: str, form: CorrectionForm, appointment: uuid.UUID) -> Response:
    """Go on by the new link for a form that has been sent already and ended the link that it came by. Whoever else has
    that link is told what a dead link says."""
    try:
        wanted = corrected(request, form)
        done = await booking(request).correct(appointment, wanted, token, idempotency_key(form.nonce, wanted))
    except (ValidationError, Refused):
        raise NotFound from None
    return view.redirect(f"/a/{manage_token_of(done)}/details?corrected=1")


@routes.get("/a/{token}/data")
async def download_details(request: Request, token: ManageKey) -> Response:
    """Give all that is held as a file."""
    return view.as_file((await booking(request).citizen_data(token)).model_dump_json(indent=2))


@routes.post("/a/{token}/erase")
async def erase_details(request: Request, token: ManageKey) -> Response:
    """Erase the details; a visit that is still to come is cancelled. Sent twice, it erases once."""
    client = booking(request)
    try:
        await client.erase((await client.mine(token)).id, token)
    except Refused as refused:
        if not refused.is_(NOT_FOUND):  # the key opens nothing any more: they are erased
            raise
    return view.redirect("/erased")


@routes.get("/erased")
async def show_erased(request: Request) -> Response:
    """Say that the details are gone. The page knows nobody."""
    return view.page(request, "erased.html")


async def _details_page(
    request: Request,
    token: str,
    form: CorrectionForm | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
    *,
    happened: bool = False,
) -> Response:
    data = await booking(request).citizen_data(token)
    held = data.appointment
    if held.citizen is None:
        raise NotFound
    return view.page(
        request,
        "own_details.html",
        status,
        spoken=spoken_by(request, held.citizen),
        here=f"/a/{token}/details",
        path=f"/a/{token}",
        held=held,
        feedback=data.feedback,
        citizen=held.citizen,
        reached=sent_to(held.citizen, held.region, settings_of(request)),
        history=data.history,
        steps=STEPS,
        kept_until=data.kept_until,
        is_to_come=held.start > dt.datetime.now(dt.UTC),
        form=form or filled_in(held.citizen, held.note, held.address),
        errors=errors or {},
        happened=happened,
    )

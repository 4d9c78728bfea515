"""What is held of somebody who waits, which the link in their message opens: seen, corrected and taken along."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import ValidationError

from services.web import view
from services.web.clients import booking
from services.web.forms.correction import (
    CorrectionForm,
    corrected_entry,
    filled_in,
    missing_details,
    why_not_corrected,
)
from services.web.forms.nonce import idempotency_key
from services.web.pages.keys import ManageKey
from services.web.pages.waitlist_entry import reached
from services.web.spoken import spoken_by
from shared.clients import Refused

routes = APIRouter()


@routes.get("/w/{token}/details")
async def show_waiting(request: Request, token: ManageKey, corrected: bool = False) -> Response:
    """Show all that is held of who waits."""
    return await _waiting_page(request, token, happened=corrected)


@routes.post("/w/{token}/details")
async def correct_waiting(request: Request, token: ManageKey, form: Annotated[CorrectionForm, Depends()]) -> Response:
    """Correct who waits. The same form sent twice corrects once."""
    if form.do:
        return await _waiting_page(request, token, form)
    client = booking(request)
    if errors := missing_details(request, form):
        return await _waiting_page(request, token, form, errors, 422)
    try:
        wanted = corrected_entry(request, form)
        await client.correct_entry(
            (await client.my_entry(token)).id, wanted, token, idempotency_key(form.nonce, wanted)
        )
    except (ValidationError, Refused) as error:
        return await _waiting_page(request, token, form, *why_not_corrected(request, error))
    return view.redirect(f"/w/{token}/details?corrected=1")


@routes.get("/w/{token}/data")
async def download_waiting(request: Request, token: ManageKey) -> Response:
    """Give all that is held of who waits as a file."""
    return view.as_file((await booking(request).my_entry(token)).model_dump_json(indent=2))


async def _waiting_page(
    request: Request,
    token: str,
    form: CorrectionForm | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
    *,
    happened: bool = False,
) -> Response:
    entry = await booking(request).my_entry(token)
    if entry.citizen is None:  # nobody waits any more, and nothing is held
        return view.redirect(f"/w/{token}")
    return view.page(
        request,
        "own_details.html",
        status,
        spoken=spoken_by(request, entry.citizen),
        here=f"/w/{token}/details",
        path=f"/w/{token}",
        held=None,
        citizen=entry.citizen,
        reached=await reached(request, entry),
        until=entry.until,
        form=form or filled_in(entry.citizen),
        errors=errors or {},
        happened=happened,
    )

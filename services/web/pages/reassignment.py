"""A visit that is handed to another tutor: who is free, what its citizens are told, and only then the change."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from services.web import view
from services.web.clients import booking
from services.web.forms.findings import is_gone
from services.web.forms.nonce import idempotency_key, new_nonce
from services.web.language import translate
from services.web.login import AccessToken
from services.web.pages.day import back_to, way_of
from services.web.removal import NOT_FOUND
from services.web.state import catalogue_of
from shared.clients import Refused
from shared.schemas import booking as wire
from shared.texts import marked

routes = APIRouter(prefix="/day/{id}/reassignment")
CHANGED = "changed-meanwhile"
CHOOSE = marked("Choose who helps instead.")
TAKEN = marked("This helper is not free any more. Nothing was changed.")
MOVED = marked("The visit was changed meanwhile, and looks like this now. Nothing was handed over.")


@routes.get("")
async def show_who_could_take_over(request: Request, token: AccessToken, id: uuid.UUID) -> Response:
    """Show who could take a visit over, and what its citizens are told then."""
    return await _reassignment_page(request, token, id)


@routes.post("")
async def hand_over(
    request: Request,
    token: AccessToken,
    id: uuid.UUID,
    to: Annotated[uuid.UUID | None, Form()] = None,
    version: Annotated[int | None, Form()] = None,
    date: Annotated[str, Form()] = "",
    nonce: Annotated[str, Form()] = "",
) -> Response:
    """Give a visit to the tutor who was chosen. Sent twice, it is given once."""
    if to is None:
        return await _reassignment_page(request, token, id, translate(request, CHOOSE))
    wanted = wire.ReassignmentInput(tutor_id=to)
    try:
        await booking(request, token).reassign(id, wanted, idempotency_key(nonce, wanted), version=version)
    except Refused as refused:
        if not refused.is_(NOT_FOUND):  # it is a colleague's already, who alone sees it
            return await _refused(request, token, id, refused)
    return back_to(date, "&reassigned=1")


async def _refused(request: Request, token: str, id: uuid.UUID, refused: Refused) -> Response:
    """Return the page with who is free now, when it was the tutor who is not any more; raises what else it was."""
    told = MOVED if refused.is_(CHANGED) else TAKEN if is_gone(refused) else None
    if told is None:
        raise refused
    return await _reassignment_page(request, token, id, translate(request, told), refused.problem.status)


async def _reassignment_page(
    request: Request, token: str, id: uuid.UUID, error: str | None = None, status: int = 422
) -> Response:
    client = booking(request, token)
    found = await client.who_could_take_over(id)
    company = [each for each in await client.day(found.start.date()) if each.id in found.appointments]
    visit = next((each for each in company if each.id == id), None)
    if visit is None:  # moved or cancelled at this very moment
        return back_to(found.start.date().isoformat())
    return view.page(
        request,
        "reassignment.html",
        status if error else 200,
        here=f"/day/{id}/reassignment",
        visit=visit,
        company=company,
        free=found.tutors,
        topics={topic.code: topic.name for topic in await catalogue_of(request).topics.get()},
        way_to_tell=way_of(request),
        error=error,
        nonce=new_nonce(),
    )

"""The call list: whom somebody must tell that their time was changed, since no message of ours reaches them."""

import datetime as dt
import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from services.web import view
from services.web.access_token import BOOKS_FOR_OTHERS, roles
from services.web.clients import booking
from services.web.dates import read_date
from services.web.language import translate
from services.web.login import AccessToken
from services.web.pages.move import TIME_NEEDED, move_page
from services.web.phases import is_movable
from shared.clients import Refused
from shared.schemas import booking as wire

routes = APIRouter(prefix="/calls")
LIST = "/calls"


@routes.get("")
async def show_calls(request: Request, token: AccessToken, told: bool = False, *, moved: bool = False) -> Response:
    """Show whom somebody must tell; `told` and `moved` when that was just done of one."""
    now, found = dt.datetime.now(dt.UTC), await booking(request, token).calls()
    return view.page(
        request,
        "calls.html",
        calls=found,
        movable={each.appointment.id for each in found.items if is_movable(each.appointment, now)},
        may_tell=bool(roles(token) & BOOKS_FOR_OTHERS),
        happened="told" if told else "moved" if moved else None,
    )


@routes.post("/{id}/told")
async def note_told(
    request: Request, token: AccessToken, id: uuid.UUID, version: Annotated[int | None, Form()] = None
) -> Response:
    """Take somebody off the list who was told how their appointment stood. Sent twice, it says the same twice."""
    await booking(request, token).told(id, version=version)
    return view.redirect(f"{LIST}?told=1")


@routes.get("/{id}/move")
async def show_times_for_them(
    request: Request, token: AccessToken, id: uuid.UUID, date: str | None = None, day: str | None = None
) -> Response:
    """Show other times for who is on the phone."""
    found = await booking(request, token).appointment(id)
    return await move_page(request, found, path=_path(id), back=LIST, date=read_date(date), day=read_date(day))


@routes.post("/{id}/move")
async def move_for_them(
    request: Request, token: AccessToken, id: uuid.UUID, slot: Annotated[str, Form()] = ""
) -> Response:
    """Move to the time that they have chosen, which they know, then."""
    client = booking(request, token)
    if not slot:
        return await _again(request, await client.appointment(id), translate(request, TIME_NEEDED), 422)
    try:
        moved = await client.move(id, slot)
    except Refused as refused:
        status = refused.problem.status
        return await _again(request, await client.appointment(id), view.in_one_line(refused.problem), status)
    await client.told(id, version=moved.sequence)
    return view.redirect(f"{LIST}?moved=1")


async def _again(request: Request, found: wire.Appointment, error: str, status: int) -> Response:
    return await move_page(request, found, path=_path(found.id), back=LIST, error=error, status=status)


def _path(appointment: uuid.UUID) -> str:
    return f"{LIST}/{appointment}/move"

"""The call list: whom somebody must tell that their time was changed, since no message of ours reaches them."""

import datetime as dt
import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from services.web import view
from services.web.access_token import BOOKS_FOR_OTHERS, roles
from services.web.clients import booking
from services.web.login import AccessToken
from services.web.phases import is_movable

routes = APIRouter(prefix="/calls")
LIST = "/calls"


@routes.get("")
async def show_calls(request: Request, token: AccessToken, told: bool = False) -> Response:
    """Show whom somebody must tell; `told` when that was just done of one."""
    now, found = dt.datetime.now(dt.UTC), await booking(request, token).calls()
    return view.page(
        request,
        "calls.html",
        calls=found,
        movable={each.appointment.id for each in found.items if is_movable(each.appointment, now)},
        may_tell=bool(roles(token) & BOOKS_FOR_OTHERS),
        told=told,
    )


@routes.post("/{id}/told")
async def note_told(
    request: Request, token: AccessToken, id: uuid.UUID, version: Annotated[int | None, Form()] = None
) -> Response:
    """Take somebody off the list who was told how their appointment stood. Sent twice, it says the same twice."""
    await booking(request, token).told(id, version=version)
    return view.redirect(f"{LIST}?told=1")

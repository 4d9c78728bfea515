"""One's own account: where one is signed in, passkeys, one's data, and leaving."""

import json
import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from services.web import view
from services.web.access_token import own_tutor, roles
from services.web.affected import times_of_affected
from services.web.clients import booking, providers
from services.web.dates import on_wall_clock
from services.web.forms.citizen import without_marks
from services.web.forms.findings import told_in
from services.web.login import AccessToken, drop_login
from services.web.removal import gone_is_fine
from services.web.state import settings_of
from services.web.who_am_i import who_am_i
from shared.clients import Refused
from shared.contacts import written_number
from shared.problems import NotFound
from shared.schemas.providers import TutorPhoneInput

routes = APIRouter()


@routes.get("/account")
async def show_account(request: Request, token: AccessToken, *, saved: bool = False) -> Response:
    """Show logins, passkeys and data; `saved` when something was just changed."""
    return await _account_page(request, token, saved=saved)


async def _account_page(request: Request, token: str, status: int = 200, **told: object) -> Response:
    """Return the page, and what is `told` on it of what was just done or refused."""
    held = await providers(request, token).my_data()
    called_at = held.tutor[0].phone if held.tutor else None
    settings = settings_of(request)
    shown: dict[str, Any] = {
        "me": held.account,
        "helps": bool(held.tutor),
        "me_as_tutor": await who_am_i(request, held),
        "phone": written_number(called_at) if called_at else "",
        "logins": [on_wall_clock(each, settings) for each in held.logins],
        "passkeys": [on_wall_clock(each, settings) for each in held.passkeys],
        "error": None,
        "errors": {},
        "saved": False,
    }
    return view.page(request, "account.html", status, here="/account", **(shown | told))


@routes.post("/account/phone")
async def change_phone(request: Request, token: AccessToken, phone: Annotated[str, Form()] = "") -> Response:
    """Have the service point call a tutor at another number, or, without one, at none."""
    tutor = own_tutor(token)
    if tutor is None:
        raise NotFound
    try:
        wanted = TutorPhoneInput(phone=without_marks(phone)[:200])
        await providers(request, token).change_tutor_phone(tutor, wanted)
    except Refused as refused:
        if not refused.problem.errors:
            raise
        errors = {"phone": told_in(refused)}
        return await _account_page(request, token, refused.problem.status, phone=phone, errors=errors)
    return view.redirect("/account?saved=1")


@routes.post("/account/logins/{id}/end")
async def end_login(request: Request, token: AccessToken, id: uuid.UUID) -> Response:
    """Sign out there, which may be here."""
    client = providers(request, token)
    here = any(login.id == id and login.current for login in await client.logins())
    with gone_is_fine():
        await client.end_login(id)
    response = view.redirect("/" if here else "/account")
    if here:
        drop_login(request, response)
    return response


@routes.get("/account/data")
async def download_data(request: Request, token: AccessToken) -> Response:
    """Return all that is held of somebody as a file: from the registry and, for a tutor, from booking."""
    held = {"registry": (await providers(request, token).my_data()).model_dump(mode="json")}
    if "tutor" in roles(token):
        held["time"] = (await booking(request, token).my_data()).model_dump(mode="json", by_alias=True)
    return view.as_file(json.dumps(held, ensure_ascii=False, indent=2))


@routes.post("/account/leave")
async def leave_service(request: Request, token: AccessToken) -> Response:
    """Be forgotten; appointments to come are named first."""
    try:
        await providers(request, token).forget_me()
    except Refused as refused:
        told = {"error": view.in_one_line(refused.problem), "times": times_of_affected(refused.problem)}
        return await _account_page(request, token, refused.problem.status, **told)
    response = view.redirect("/")
    drop_login(request, response)
    return response

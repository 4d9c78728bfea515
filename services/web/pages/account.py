"""One's own account: where one is signed in, passkeys, one's data, and leaving."""

import json
import uuid

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.web import view
from services.web.access_token import roles
from services.web.affected import times_of_affected
from services.web.clients import booking, providers
from services.web.dates import on_wall_clock
from services.web.login import AccessToken, drop_login
from services.web.removal import gone_is_fine
from services.web.state import settings_of
from services.web.who_am_i import who_am_i
from shared.clients import Refused

routes = APIRouter()


@routes.get("/account")
async def show_account(request: Request, token: AccessToken) -> Response:
    """Show logins, passkeys and data."""
    return await _account_page(request, token)


async def _account_page(request: Request, token: str, refused: Refused | None = None) -> Response:
    held = await providers(request, token).my_data()
    settings = settings_of(request)
    return view.page(
        request,
        "account.html",
        refused.problem.status if refused else 200,
        here="/account",
        me=held.account,
        helps=bool(held.tutor),
        me_as_tutor=await who_am_i(request, held),
        logins=[on_wall_clock(each, settings) for each in held.logins],
        passkeys=[on_wall_clock(each, settings) for each in held.passkeys],
        error=view.in_one_line(refused.problem) if refused else None,
        times=times_of_affected(refused.problem) if refused else [],
    )


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
        return await _account_page(request, token, refused)
    response = view.redirect("/")
    drop_login(request, response)
    return response

"""One's own account: where one is signed in, passkeys, one's data, and leaving."""

import datetime as dt
import json
import uuid
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from services.web import view
from services.web.claims import roles
from services.web.pages.sign_in import credential_of
from services.web.session import AccessToken, booking, forget, providers
from shared.clients import Refused

routes = APIRouter()


@routes.get("/account")
async def account(request: Request, response: Response, token: AccessToken) -> Response:
    """Sessions, passkeys, data."""
    return view.with_cookies(await _account_page(request, token), response)


async def _account_page(
    request: Request, token: str, error: str | None = None, times: list[dt.datetime] | None = None, status: int = 200
) -> Response:
    client = providers(request, token)
    held = await client.my_data()
    zone = ZoneInfo(request.app.state.settings.zone)
    return view.page(
        request,
        "account.html",
        status,
        here="/account",
        me=held.account,
        helps=bool(held.tutor),
        sessions=[_local(each, zone) for each in held.logins],
        passkeys=[_local(each, zone) for each in held.passkeys],
        error=error,
        times=times or [],
    )


def _local(item: Any, zone: ZoneInfo) -> Any:
    """A session or passkey with its times on the wall clock."""
    times = {name: value.astimezone(zone) for name, value in item if isinstance(value, dt.datetime)}
    return item.model_copy(update=times)


@routes.get("/account/passkey")
async def new_passkey(request: Request, response: Response, token: AccessToken) -> Response:
    """Make a passkey."""
    return view.with_cookies(await _new_passkey_page(request, token), response)


async def _new_passkey_page(
    request: Request, token: str, error: str | None = None, name: str = "", status: int = 200
) -> Response:
    challenge = await providers(request, token).passkey_to_add()
    return view.page(
        request,
        "passkey.html",
        status,
        here="/account/passkey",
        adding=True,
        challenge=challenge,
        error=error,
        name=name,
    )


@routes.post("/account/passkey")
async def add_passkey(
    request: Request,
    token: AccessToken,
    challenge: Annotated[uuid.UUID, Form()],
    name: Annotated[str, Form()] = "",
    credential: Annotated[str, Form()] = "",
) -> Response:
    """Keep the passkey that the browser has made."""
    try:
        await providers(request, token).add_passkey(challenge, name.strip()[:200] or "–", credential_of(credential))
    except Refused as refused:
        return await _new_passkey_page(request, token, refused.problem.detail, name, refused.problem.status)
    return view.redirect("/account")


@routes.post("/account/passkeys/{id}/remove")
async def remove_passkey(request: Request, token: AccessToken, id: uuid.UUID) -> Response:
    """It opens nothing any more."""
    await providers(request, token).remove_passkey(id)
    return view.redirect("/account")


@routes.post("/account/sessions/{id}/end")
async def end_session(request: Request, token: AccessToken, id: uuid.UUID) -> Response:
    """Sign out there, which may be here."""
    client = providers(request, token)
    here = any(login.id == id and login.current for login in await client.logins())
    await client.end_login(id)
    response = view.redirect("/" if here else "/account")
    if here:
        forget(response)
    return response


@routes.get("/account/data")
async def data(request: Request, response: Response, token: AccessToken) -> Response:
    """All that is held of somebody, from the registry and, for a tutor, from booking."""
    held = {"registry": (await providers(request, token).my_data()).model_dump(mode="json")}
    if "tutor" in roles(token):
        held["time"] = (await booking(request, token).my_data()).model_dump(mode="json", by_alias=True)
    file = Response(
        json.dumps(held, ensure_ascii=False, indent=2),
        media_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="vuoro.json"'},
    )
    return view.with_cookies(file, response)


@routes.post("/account/leave")
async def leave(request: Request, token: AccessToken) -> Response:
    """Be forgotten; appointments to come are named first."""
    try:
        await providers(request, token).forget_me()
    except Refused as refused:
        times = [
            dt.datetime.fromisoformat(each["start"])
            for each in (refused.problem.model_extra or {}).get("appointments", [])
        ]
        detail = f"{refused.problem.title}. {refused.problem.detail or ''}"
        return await _account_page(request, token, detail, times, refused.problem.status)
    response = view.redirect("/")
    forget(response)
    return response

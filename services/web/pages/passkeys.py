"""Passkeys: sign in with one, add one, remove one. Nothing of it works without a script."""

import json
import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from services.web import view
from services.web.access_token import is_bound
from services.web.clients import providers
from services.web.forms.nonce import idempotency_key
from services.web.login import AccessToken, AnyAccessToken
from services.web.pages.sign_in import to_the_day
from services.web.removal import gone_is_fine
from shared.clients import Refused
from shared.schemas.people import PasskeyAnswer

routes = APIRouter()
LONGEST_CREDENTIAL = 20_000
AFTER = {"made", "code"}


@routes.get("/sign-in/passkey")
async def ask_for_passkey(request: Request, after: str = "") -> Response:
    """Ask for a passkey: by itself, after the first one was made, or after a code that was not enough."""
    return await _use_page(request, after=after)


@routes.post("/sign-in/passkey")
async def open_with_passkey(
    request: Request, challenge: Annotated[uuid.UUID, Form()], credential: Annotated[str, Form()] = ""
) -> Response:
    """Trade what the passkey has signed for a login."""
    signed = PasskeyAnswer(credential=credential_of(credential))
    try:
        key = idempotency_key(str(challenge), signed)
        token = await providers(request).login_by_passkey(challenge, signed, key)
    except Refused as refused:
        return await _use_page(request, refused.problem.detail, refused.problem.status)
    return to_the_day(request, token)


async def _use_page(request: Request, error: str | None = None, status: int = 200, after: str = "") -> Response:
    challenge = await providers(request).passkey_to_use()
    here = f"/sign-in/passkey?after={after}" if after in AFTER else None
    return view.page(
        request,
        "passkey.html",
        status,
        here=here,
        adding=False,
        challenge=challenge,
        error=error,
        name="",
        after=after,
        bound=False,
    )


@routes.get("/account/passkey")
async def make_passkey(request: Request, token: AnyAccessToken) -> Response:
    """Ask the browser to make a passkey, perhaps the first, before which nothing else can be done."""
    return await _add_page(request, token)


@routes.post("/account/passkey")
async def keep_passkey(
    request: Request,
    token: AnyAccessToken,
    challenge: Annotated[uuid.UUID, Form()],
    name: Annotated[str, Form()] = "",
    credential: Annotated[str, Form()] = "",
) -> Response:
    """Keep the passkey that the browser has made. Sent twice, it is kept once: a challenge is good for one answer."""
    try:
        await providers(request, token).add_passkey(challenge, name.strip()[:200] or "–", credential_of(credential))
    except Refused as refused:
        return await _add_page(request, token, refused.problem.detail, name, refused.problem.status)
    return view.redirect("/sign-in/passkey?after=made" if is_bound(token) else "/account")


async def _add_page(
    request: Request, token: str, error: str | None = None, name: str = "", status: int = 200
) -> Response:
    try:
        challenge = await providers(request, token).passkey_to_add()
    except Refused as refused:
        if not refused.is_("passkey-needed"):
            raise
        return view.redirect("/sign-in/passkey?after=code")
    return view.page(
        request,
        "passkey.html",
        status,
        here="/account/passkey",
        adding=True,
        challenge=challenge,
        error=error,
        name=name,
        after="",
        bound=is_bound(token),
    )


@routes.post("/account/passkeys/{id}/remove")
async def drop_passkey(request: Request, token: AccessToken, id: uuid.UUID) -> Response:
    """Remove a passkey: it opens nothing any more."""
    with gone_is_fine():
        await providers(request, token).remove_passkey(id)
    return view.redirect("/account")


def credential_of(text: str) -> dict[str, object]:
    """Return what a browser has answered (WebAuthn level 3, section 5.1); whatever is no such thing is empty."""
    try:
        found = json.loads(text[:LONGEST_CREDENTIAL])
        json.dumps(found, ensure_ascii=False).encode()  # halves of letters cannot be sent on
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}

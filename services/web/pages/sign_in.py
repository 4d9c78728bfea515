"""Signing in: with a code, with a passkey, or at a municipality's own identity provider; and signing out."""

import contextlib
import json
import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from services.web import view
from services.web.catalogue import Catalogue
from services.web.session import forget, keep, providers
from services.web.settings import Settings
from shared.clients import Refused
from shared.problems import Unavailable

routes = APIRouter()
BEGUN = "elsewhere"


@routes.get("/sign-in")
async def sign_in(request: Request) -> Response:
    """Ask for the e-mail address or phone number, or go another way."""
    return await _sign_in_page(request)


async def _sign_in_page(request: Request, error: str | None = None, contact: str = "", status: int = 200) -> Response:
    catalogue: Catalogue = request.app.state.catalogue
    elsewhere = await catalogue.identity_providers.get()
    return view.page(request, "sign_in.html", status, error=error, contact=contact, elsewhere=elsewhere)


@routes.post("/sign-in")
async def ask_for_code(request: Request, contact: Annotated[str, Form()] = "") -> Response:
    """Send a code, and ask for it."""
    if not contact.strip():
        return view.redirect("/sign-in")
    try:
        asked = await providers(request).sign_in(contact[:200])
    except Refused as refused:
        errors = refused.problem.errors or []
        detail = errors[0].detail if errors else refused.problem.detail
        return await _sign_in_page(request, detail, contact, refused.problem.status)
    return view.page(request, "code.html", here="/sign-in", sign_in=asked.id, error=None)


@routes.get("/sign-in/passkey")
async def use_passkey(request: Request) -> Response:
    """Ask for a passkey."""
    return await _use_passkey_page(request)


async def _use_passkey_page(request: Request, error: str | None = None, status: int = 200) -> Response:
    challenge = await providers(request).passkey_to_use()
    return view.page(request, "passkey.html", status, adding=False, challenge=challenge, error=error, name="")


@routes.post("/sign-in/passkey")
async def open_with_passkey(
    request: Request, challenge: Annotated[uuid.UUID, Form()], credential: Annotated[str, Form()] = ""
) -> Response:
    """Trade what the passkey has signed for a session."""
    try:
        token = await providers(request).login_by_passkey(challenge, credential_of(credential))
    except Refused as refused:
        return await _use_passkey_page(request, refused.problem.detail, refused.problem.status)
    response = view.redirect("/day")
    keep(request, response, token)
    return response


@routes.get("/sign-in/elsewhere")
async def elsewhere(request: Request, provider: str = "") -> Response:
    """Go to a municipality's own identity provider."""
    settings: Settings = request.app.state.settings
    begun = await providers(request).begin_single_sign_on(provider[:100])
    response = view.redirect(begun.address)
    secure = settings.public_url.startswith("https:")
    response.set_cookie(
        BEGUN, str(begun.id), max_age=600, httponly=True, samesite="lax", secure=secure, path="/sign-in"
    )
    return response


@routes.get("/sign-in/back")
async def back(request: Request, code: str = "", state: str = "") -> Response:
    """Trade what somebody came back with for a session. Only the browser that left can come back."""
    try:
        begun = uuid.UUID(request.cookies.get(BEGUN, ""))
    except ValueError:
        return view.redirect("/sign-in")
    try:
        token = await providers(request).login_by_identity_provider(begun, code[:4000] or "-", state[:200] or "-")
    except Refused as refused:
        detail = f"{refused.problem.title}. {refused.problem.detail or ''}"
        return await _sign_in_page(request, detail, status=refused.problem.status)
    response = view.redirect("/day")
    response.delete_cookie(BEGUN, path="/sign-in")
    keep(request, response, token)
    return response


@routes.post("/sign-in/{id}")
async def open_session(request: Request, id: uuid.UUID, code: Annotated[str, Form()] = "") -> Response:
    """Trade the code for a session."""
    try:
        token = await providers(request).login(id, code[:20])
    except Refused as refused:
        detail, status = refused.problem.detail, refused.problem.status
        return view.page(request, "code.html", status, here="/sign-in", sign_in=id, error=detail)
    response = view.redirect("/day")
    keep(request, response, token)
    return response


@routes.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """End the session, here and at the issuer."""
    response = view.redirect("/")
    forget(response)
    if session := request.cookies.get("session"):
        with contextlib.suppress(Unavailable):  # then it runs out by itself
            await providers(request).revoke(session)
    return response


def credential_of(text: str) -> dict[str, Any]:
    """What a browser has answered; whatever is no such thing is nothing."""
    try:
        found = json.loads(text[:20000])
        json.dumps(found, ensure_ascii=False).encode()  # halves of letters cannot be sent on
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}

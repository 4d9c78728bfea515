"""Signing in at a municipality's own identity provider: there, and back."""

import uuid

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.web import view
from services.web.clients import providers
from services.web.cookies import delete_cookie, read_cookie, set_cookie
from services.web.forms.nonce import idempotency_key
from services.web.pages.sign_in import sign_in_page, to_the_day
from shared.clients import Refused
from shared.schemas.people import SingleSignOnCode

routes = APIRouter()
# Which attempt this browser began; an answer that somebody else's browser brings is worth nothing (RFC 9700 4.7).
BEGUN_COOKIE, BEGUN_SECONDS = "single_sign_on", 600


@routes.get("/sign-in/provider")
async def go_to_provider(request: Request, provider: str = "") -> Response:
    """Go to an identity provider, and remember that this browser did."""
    begun = await providers(request).begin_single_sign_on(provider[:100])
    response = view.redirect(begun.address)
    set_cookie(request, response, BEGUN_COOKIE, str(begun.id), max_age=BEGUN_SECONDS)
    return response


@routes.get("/sign-in/back/{provider}")
async def come_from_provider(
    request: Request, provider: str, code: str = "", state: str = "", iss: str | None = None
) -> Response:
    """Trade what somebody came back with for a login. Only the browser that left can come back, and only from the
    provider that it went to."""
    begun = _begun(request)
    if begun is None:
        return view.redirect("/sign-in")
    brought = SingleSignOnCode(code=code[:4000] or "-", state=state[:200] or "-", iss=iss, provider=provider)
    try:
        # Only this browser knows what it began, so a page that is loaded again is its own.
        key = idempotency_key(str(begun), brought)
        token = await providers(request).login_by_identity_provider(begun, brought, key)
    except Refused as refused:
        problem = refused.problem
        return await sign_in_page(request, view.in_one_line(problem), status=problem.status)
    response = to_the_day(request, token)
    delete_cookie(request, response, BEGUN_COOKIE)
    return response


def _begun(request: Request) -> uuid.UUID | None:
    try:
        return uuid.UUID(read_cookie(request, BEGUN_COOKIE) or "")
    except ValueError:
        return None

"""Signing in with a code, and signing out."""

import contextlib
import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from services.web import view
from services.web.clients import providers
from services.web.forms.citizen import without_marks
from services.web.forms.nonce import idempotency_key, new_nonce
from services.web.language import page_language, translate
from services.web.login import drop_login, keep_login, refresh_token_of
from services.web.sent_to import NO_SMS_THERE, is_without_sms
from services.web.state import catalogue_of, settings_of
from shared.clients import Refused
from shared.problems import Unavailable
from shared.schemas.people import SignInCode, SignInInput, Token

routes = APIRouter()


@routes.get("/sign-in")
async def show_sign_in(request: Request) -> Response:
    """Ask for the e-mail address or phone number, or show the other ways."""
    return await sign_in_page(request)


async def sign_in_page(request: Request, error: str | None = None, contact: str = "", status: int = 200) -> Response:
    """Return the page of all ways to sign in, with what went wrong on one of them."""
    identity_providers = await catalogue_of(request).identity_providers.get()
    return view.page(
        request,
        "sign_in.html",
        status,
        error=error,
        contact=contact,
        nonce=new_nonce(),
        identity_providers=identity_providers,
    )


@routes.post("/sign-in")
async def send_code(
    request: Request, contact: Annotated[str, Form()] = "", nonce: Annotated[str, Form()] = ""
) -> Response:
    """Send a code, and ask for it. The same form sent again asks for the same: a double tap sends no second code."""
    if not contact.strip():
        return view.redirect("/sign-in")
    if is_without_sms(contact, settings_of(request)):
        return await sign_in_page(request, translate(request, NO_SMS_THERE), contact, 422)
    wanted = SignInInput(contact=without_marks(contact)[:200], language=page_language(request))
    try:
        asked = await providers(request).sign_in(wanted, idempotency_key(nonce, wanted))
    except Refused as refused:
        errors = refused.problem.errors or []
        detail = errors[0].detail if errors else refused.problem.detail
        return await sign_in_page(request, detail, contact, refused.problem.status)
    return _code_page(request, asked.id)


@routes.post("/sign-in/{id}")
async def open_with_code(
    request: Request, id: uuid.UUID, code: Annotated[str, Form()] = "", nonce: Annotated[str, Form()] = ""
) -> Response:
    """Trade the code for a login. The same form sent again gets the same login: a double tap burns no code."""
    typed = SignInCode(code=code[:20])
    try:
        token = await providers(request).login(id, typed, idempotency_key(nonce, typed))
    except Refused as refused:
        return _code_page(request, id, refused)
    return to_the_day(request, token)


def _code_page(request: Request, id: uuid.UUID, refused: Refused | None = None) -> Response:
    error, status = (refused.problem.detail, refused.problem.status) if refused else (None, 200)
    # Its own address takes only POST, so another language begins anew.
    return view.page(request, "code.html", status, here="/sign-in", sign_in=id, error=error, nonce=new_nonce())


def to_the_day(request: Request, token: Token) -> Response:
    """Keep a new login, and go on to the day's list, whichever way it was opened."""
    response = view.redirect("/day")
    keep_login(request, response, token)
    return response


@routes.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """End the login, here and at the issuer."""
    response = view.redirect("/")
    drop_login(request, response)
    if refresh_token := refresh_token_of(request):
        with contextlib.suppress(Unavailable):  # then it runs out by itself
            await providers(request).revoke(refresh_token)
    return response

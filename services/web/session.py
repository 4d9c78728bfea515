"""Who is signed in: a session's tokens in cookies that no script can read."""

from typing import Annotated

from fastapi import Depends, Request, Response

from services.web import view
from services.web.settings import Settings
from shared.clients import BookingClient, ProvidersClient, Refused
from shared.schemas.people import Token

ACCESS_MARGIN_SECONDS = 60


class SignedOut(Exception):
    """Nobody is signed in; the page asks for it."""


def providers(request: Request, token: str | None = None) -> ProvidersClient:
    """A client that speaks the language of the page."""
    settings: Settings = request.app.state.settings
    return ProvidersClient(
        request.app.state.http,
        settings.providers_url,
        token=token,
        language=view.language(request),
        address=request.client.host if request.client else None,
    )


def booking(request: Request, token: str | None = None) -> BookingClient:
    """A client that speaks the language of the page."""
    settings: Settings = request.app.state.settings
    return BookingClient(request.app.state.http, settings.booking_url, token=token, language=view.language(request))


def keep(request: Request, response: Response, token: Token) -> None:
    """Put the tokens into the cookies."""
    settings: Settings = request.app.state.settings
    secure = settings.public_url.startswith("https:")
    if token.refresh_token:
        response.set_cookie("session", token.refresh_token, httponly=True, samesite="lax", secure=secure)
    lifetime = token.expires_in - ACCESS_MARGIN_SECONDS
    response.set_cookie("access", token.access_token, max_age=lifetime, httponly=True, samesite="lax", secure=secure)


def forget(response: Response) -> None:
    """Take the cookies away."""
    response.delete_cookie("session")
    response.delete_cookie("access")


async def _access_token(request: Request, response: Response) -> str:
    """The access token in its cookie, or a new one for the session."""
    if (access := request.cookies.get("access")) and access.isascii():
        return access
    session = request.cookies.get("session")
    if session is None:
        raise SignedOut
    try:
        token = await providers(request).refresh(session)
    except Refused:
        raise SignedOut from None
    keep(request, response, token)
    return token.access_token


AccessToken = Annotated[str, Depends(_access_token)]

"""Who is signed in: a login's tokens in cookies that no script can read."""

from typing import Annotated

from fastapi import Depends, Request, Response

from services.web.access_token import BOOKS_FOR_OTHERS, is_bound, roles
from services.web.clients import providers
from services.web.cookies import delete_cookie, read_cookie, set_cookie
from services.web.kept_day import erase_what_another_keeps, erase_what_is_kept
from shared.clients import Refused
from shared.schemas.people import Token

# An access token is renewed a minute early, so that it does not run out between this page and the services.
ACCESS_MARGIN_SECONDS = 60
ACCESS_COOKIE = "access"
REFRESH_COOKIE = "session"  # its former word: another name would sign everybody out


class SignedOut(Exception):
    """Nobody is signed in; the page asks for it."""


class Bound(Exception):
    """Who is signed in must make their first passkey before anything else."""


def is_signed_in(request: Request) -> bool:
    """Whether a login's cookie is there; it may have been ended since."""
    return refresh_token_of(request) is not None


def refresh_token_of(request: Request) -> str | None:
    """Return the login's refresh token, if there is one."""
    return read_cookie(request, REFRESH_COOKIE)


def access_token_of(request: Request) -> str | None:
    """Return the access token that this request has renewed, or the one in its cookie, if it can be one."""
    if renewed := _renewed_login(request):
        return renewed.access_token
    token = read_cookie(request, ACCESS_COOKIE)
    # A header that is not ASCII cannot be sent on, and no token of ours holds other letters.
    return token if token and token.isascii() else None


def keep_login(request: Request, response: Response, token: Token) -> None:
    """Put a login's tokens into the cookies; what somebody else keeps in this browser is erased."""
    erase_what_another_keeps(request, response, token.access_token)
    if token.refresh_token:
        set_cookie(request, response, REFRESH_COOKIE, token.refresh_token)
    lifetime = token.expires_in - ACCESS_MARGIN_SECONDS
    set_cookie(request, response, ACCESS_COOKIE, token.access_token, max_age=lifetime)


def drop_login(request: Request, response: Response) -> None:
    """Take a login's cookies away, and what is kept in the browser."""
    erase_what_is_kept(request, response)
    delete_cookie(request, response, REFRESH_COOKIE)
    delete_cookie(request, response, ACCESS_COOKIE)


def keep_renewed_login(request: Request, response: Response) -> None:
    """Put the tokens that a request has renewed into the cookies of its answer, whatever that is: the refresh token of
    before is not good any more. An answer that says something of the login itself stays as it is."""
    token = _renewed_login(request)
    said = [value.partition("=")[0] for value in response.headers.getlist("set-cookie")]
    if token is not None and not any(name.endswith(REFRESH_COOKIE) for name in said):
        keep_login(request, response, token)


def _renewed_login(request: Request) -> Token | None:
    token: Token | None = getattr(request.state, "renewed_login", None)
    return token


async def _any_access_token(request: Request) -> str:
    """Return the access token in its cookie, or a new one for the login, which may be bound; raises SignedOut."""
    if access := access_token_of(request):
        return access
    refresh_token = refresh_token_of(request)
    if refresh_token is None:
        raise SignedOut
    try:
        token = await providers(request).refresh(refresh_token)
    except Refused:
        raise SignedOut from None
    request.state.renewed_login = token
    return token.access_token


AnyAccessToken = Annotated[str, Depends(_any_access_token)]


async def _access_token(token: AnyAccessToken) -> str:
    """Return likewise the access token of a login that is not bound; raises SignedOut and Bound."""
    if is_bound(token):
        raise Bound
    return token


SIGNED_IN = Depends(_access_token)
AccessToken = Annotated[str, SIGNED_IN]


async def _desk_token(request: Request) -> str | None:
    """Return the token of staff or a tutor who books for the person before them, renewed when it has run out; None for
    a citizen. Raises SignedOut for whoever was signed in: they must not book as a citizen without knowing it."""
    if not is_signed_in(request):
        return None
    token = await _any_access_token(request)
    return token if roles(token) & BOOKS_FOR_OTHERS else None


DeskToken = Annotated[str | None, Depends(_desk_token)]

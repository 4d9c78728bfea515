"""Tokens, as OAuth 2.0 has them, and the keys that they are signed with."""

import base64
import binascii
from functools import partial
from typing import Annotated
from urllib.parse import unquote_plus

from fastapi import APIRouter, Form, Request, Response

from services.providers.actions.authorization_server import authorization_server
from services.providers.actions.client_tokens import client_token
from services.providers.actions.logins import end_by_token, refresh_login
from services.providers.problems import InvalidClient, InvalidRequest, UnsupportedGrantType
from services.providers.routes.dependencies import Config, Signer
from services.providers.routes.oauth_errors import OAUTH_ERRORS, OAuthRoute
from shared.auth import ANONYMOUS, Principal, Verifier
from shared.clock import Now
from shared.db import Session, begin
from shared.keys import JwkSet
from shared.openapi.bodies import form_example
from shared.openapi.security import asked_by
from shared.problems import Unauthenticated
from shared.schemas import people as wire

routes = APIRouter(tags=["people and tokens"], route_class=OAuthRoute)
GETTING = asked_by(anybody=True) | form_example({"grant_type": "client_credentials"})
ENDING = asked_by(anybody=True) | form_example({"token": "a refresh token, or the access token of a person"})
Short = Annotated[str | None, Form(max_length=300)]


@routes.post("/oauth/token", summary="Get an access token (RFC 6749)", responses=OAUTH_ERRORS, openapi_extra=GETTING)
async def give_access_token(
    request: Request,
    response: Response,
    session: Session,
    issuer: Signer,
    now: Now,
    grant_type: Annotated[str, Form(max_length=300)],
    client_id: Short = None,
    client_secret: Short = None,
    scope: Short = None,
    refresh_token: Annotated[str | None, Form(max_length=8000)] = None,
) -> wire.Token:
    """API clients use `client_credentials`, with the id and secret in the form or as HTTP Basic; people's
    applications use `refresh_token`, which is good once: use the one of the answer from then on. It takes no
    `Idempotency-Key`: a retry within a minute gets the same one again; later, the login is ended (RFC 9700)."""
    response.headers.update({"Cache-Control": "no-store", "Pragma": "no-cache"})  # RFC 6749 section 5.1
    if grant_type == "refresh_token":
        return await refresh_login(
            partial(begin, request.app), issuer=issuer, refresh_token=_given_token(refresh_token), now=now
        )
    if grant_type != "client_credentials":
        raise UnsupportedGrantType
    client, secret = _credentials(request, client_id, client_secret)
    return await client_token(session, issuer=issuer, client_id=client, client_secret=secret, scope=scope, now=now)


def _given_token(refresh_token: str | None) -> str:
    if refresh_token is None:
        raise InvalidRequest
    return refresh_token


def _credentials(request: Request, client_id: str | None, client_secret: str | None) -> tuple[str, str]:
    """Return a client's id and secret, as it has shown them: in one way and not in two (RFC 6749 section 2.3)."""
    basic = _basic_credentials(request)
    if basic is None:
        return client_id or "", client_secret or ""
    if client_secret is not None:
        raise InvalidRequest
    return basic


def _basic_credentials(request: Request) -> tuple[str, str] | None:
    """Return the client's id and secret as HTTP Basic has them (RFC 7617), each encoded as in a form (RFC 6749 section
    2.3.1)."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise InvalidClient from None
    return unquote_plus(client_id), unquote_plus(secret)


@routes.post("/oauth/revoke", summary="End a login (RFC 7009)", responses=OAUTH_ERRORS, openapi_extra=ENDING)
async def revoke_token(
    request: Request, session: Session, issuer: Signer, now: Now, token: Annotated[str, Form(max_length=8000)]
) -> None:
    """By either of its tokens; both open nothing any more, within seconds in every service. The token of an API client
    cannot be ended by itself. A `token_type_hint` is not needed. It takes no `Idempotency-Key`: a login that has ended
    stays ended, and a retry is answered likewise."""
    await end_by_token(session, issuer=issuer, token=token, bearer=await _bearer_of(request, token), now=now)


async def _bearer_of(request: Request, token: str) -> Principal:
    """Return whose access token it is; nobody's, if it is none that is good."""
    verifier: Verifier = request.app.state.verifier
    try:
        return await verifier.principal(token)
    except Unauthenticated:
        return ANONYMOUS


@routes.get("/oauth/metadata", summary="What a client needs to know to get tokens (RFC 8414)")
async def metadata(settings: Config) -> wire.AuthorizationServer:
    """The gateway answers it at `/.well-known/oauth-authorization-server`, too."""
    return authorization_server(settings.public_url)


@routes.get("/jwks.json", summary="The keys that access tokens are signed with (RFC 7517)")
async def jwks(issuer: Signer) -> JwkSet:
    """All that are kept: what an older one signed stays good."""
    return issuer.keys.public()

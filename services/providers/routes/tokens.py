"""Tokens, as OAuth 2.0 has them, and the keys that they are signed with."""

import base64
import binascii
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from services.providers.actions.client_tokens import client_token
from services.providers.actions.logins import end_by_token, refresh_login
from services.providers.problems import InvalidClient, InvalidGrant, UnsupportedGrantType
from services.providers.routes.dependencies import Signer
from shared.clock import Now
from shared.db import Session
from shared.keys import JwkSet
from shared.schemas import people as wire

routes = APIRouter(tags=["people and tokens"])


@routes.post("/oauth/token", summary="Get an access token (RFC 6749)")
async def give_access_token(
    request: Request,
    response: Response,
    session: Session,
    issuer: Signer,
    now: Now,
    grant_type: Annotated[str, Form(examples=["client_credentials"])],
    client_id: Annotated[str | None, Form()] = None,
    client_secret: Annotated[str | None, Form()] = None,
    scope: Annotated[str | None, Form()] = None,
    refresh_token: Annotated[str | None, Form()] = None,
) -> wire.Token:
    """API clients use `client_credentials`, with the id and secret in the form or as HTTP Basic; people's
    applications use `refresh_token`. It takes no `Idempotency-Key`: nothing is used up, so a retry gets a token of its
    own, as good as the first."""
    response.headers["Cache-Control"] = "no-store"
    if grant_type == "refresh_token":
        return await refresh_login(session, issuer=issuer, refresh_token=_given_token(refresh_token), now=now)
    if grant_type != "client_credentials":
        raise UnsupportedGrantType
    client_id, client_secret = _basic_credentials(request) or (client_id or "", client_secret or "")
    return await client_token(
        session, issuer=issuer, client_id=client_id, client_secret=client_secret, scope=scope, now=now
    )


def _given_token(refresh_token: str | None) -> str:
    if refresh_token is None:
        raise InvalidGrant
    return refresh_token


def _basic_credentials(request: Request) -> tuple[str, str] | None:
    """Return the client's id and secret as HTTP Basic has them (RFC 7617)."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise InvalidClient from None
    return client_id, secret


@routes.post("/oauth/revoke", summary="End a login (RFC 7009)")
async def revoke_token(session: Session, now: Now, token: Annotated[str, Form()]) -> None:
    """It takes no `Idempotency-Key`: a login that has ended stays ended, and a retry is answered likewise."""
    await end_by_token(session, refresh_token=token, now=now)


@routes.get("/jwks.json", summary="The keys that access tokens are signed with (RFC 7517)")
async def jwks(issuer: Signer) -> JwkSet:
    """All that are kept: what an older one signed stays good."""
    return issuer.keys.public()

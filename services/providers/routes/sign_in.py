"""Signing in, and tokens."""

import base64
import binascii
import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from services.providers.actions import passkeys, sign_in, single_sign_on
from services.providers.actions.sign_in import Issuer
from services.providers.actions.single_sign_on import Providers
from services.providers.problems import InvalidClient, InvalidGrant, UnsupportedGrantType, WrongCode
from services.providers.routes.common import Address, Config, ThisSite
from shared.auth import Caller
from shared.clock import Now
from shared.db import Session, begin
from shared.idempotency import Idempotent
from shared.keys import JwkSet
from shared.schemas import people as wire

routes = APIRouter(tags=["people and tokens"])


async def _issuer(request: Request) -> Issuer:
    issuer: Issuer = request.app.state.issuer
    return issuer


async def _providers(request: Request) -> Providers:
    providers: Providers = request.app.state.identity_providers
    return providers


Signer = Annotated[Issuer, Depends(_issuer)]
Known = Annotated[Providers, Depends(_providers)]


@routes.post("/sign-ins", status_code=202, summary="Ask for a six-digit code")
async def ask_for_code(
    session: Session, issuer: Signer, once: Idempotent, now: Now, address: Address, wanted: wire.SignInInput
) -> wire.SignIn:
    """The code comes by e-mail or SMS within moments, is good for ten minutes and opens once."""
    made = await once(lambda: sign_in.ask_for_code(session, issuer=issuer, wanted=wanted, address=address, now=now))
    return await sign_in.shown(session, made)


@routes.post("/sign-ins/{id}/session", status_code=201, summary="Trade the code for a token")
async def open_session(
    request: Request, issuer: Signer, now: Now, id: uuid.UUID, wanted: wire.SignInCode
) -> wire.Token:
    """Five tries, then a new code is needed."""
    async with begin(request.app) as session:
        token = await sign_in.try_code(session, issuer=issuer, sign_in=id, typed=wanted.code, now=now)
    if token is None:  # only now, so that the try stays counted
        raise WrongCode
    return token


@routes.get("/sign-ins/{id}/message", summary="What to send for a sign-in", include_in_schema=False)
async def sign_in_message(
    session: Session, issuer: Signer, caller: Caller, now: Now, id: uuid.UUID
) -> wire.SignInMessage:
    caller.require("recipients:read")
    return await sign_in.message(session, issuer=issuer, sign_in=id, now=now)


@routes.post("/passkeys/sign-ins", status_code=202, summary="Ask for a challenge, to sign in with a passkey")
async def ask_for_challenge(session: Session, site: ThisSite, now: Now) -> wire.PasskeyChallenge:
    return await passkeys.ask_to_sign_in(session, site=site, now=now)


@routes.post("/passkeys/sign-ins/{id}/session", status_code=201, summary="Trade a signed challenge for a token")
async def open_with_passkey(
    session: Session, issuer: Signer, site: ThisSite, now: Now, id: uuid.UUID, wanted: wire.PasskeyAnswer
) -> wire.Token:
    return await passkeys.sign_in_with(
        session, issuer=issuer, site=site, challenge_id=id, credential=wanted.credential, now=now
    )


@routes.get("/identity-providers", summary="Where staff may sign in with their own account")
async def identity_providers(providers: Known) -> wire.IdentityProviders:
    items = [wire.IdentityProvider(id=known.id, name=known.name) for known in providers.values()]
    return wire.IdentityProviders(items=items)


@routes.post("/single-sign-ons", status_code=201, summary="Sign in at an identity provider")
async def begin_single_sign_on(
    session: Session, providers: Known, settings: Config, now: Now, wanted: wire.SingleSignOnInput
) -> wire.SingleSignOn:
    return await single_sign_on.begin(session, providers, wanted=wanted, public_url=settings.public_url, now=now)


@routes.post("/single-sign-ons/{id}/session", status_code=201, summary="Trade what one came back with for a token")
async def come_back(
    request: Request,
    issuer: Signer,
    providers: Known,
    settings: Config,
    now: Now,
    id: uuid.UUID,
    wanted: wire.SingleSignOnCode,
) -> wire.Token:
    """It is asked for once, whether it opens or not; the provider is asked between two transactions, so that a slow one
    keeps nobody waiting."""
    async with begin(request.app) as session:
        begun = await single_sign_on.take(session, providers, begun=id, now=now)
    claims = await single_sign_on.claims_of(begun, wanted, settings.public_url)
    async with begin(request.app) as session:
        return await single_sign_on.come_in(session, issuer=issuer, provider=begun.provider, claims=claims, now=now)


@routes.post("/oauth/token", summary="Get an access token (RFC 6749)")
async def token(
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
    applications use `refresh_token`."""
    response.headers["Cache-Control"] = "no-store"
    if grant_type == "refresh_token":
        return await sign_in.refresh(session, issuer=issuer, refresh_token=_given(refresh_token), now=now)
    if grant_type != "client_credentials":
        raise UnsupportedGrantType
    client_id, client_secret = _basic(request) or (client_id or "", client_secret or "")
    return await sign_in.client_token(
        session, issuer=issuer, client_id=client_id, client_secret=client_secret, scope=scope, now=now
    )


def _given(refresh_token: str | None) -> str:
    if refresh_token is None:
        raise InvalidGrant
    return refresh_token


def _basic(request: Request) -> tuple[str, str] | None:
    """The client's id and secret as HTTP Basic has them (RFC 7617)."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise InvalidClient from None
    return client_id, secret


@routes.post("/oauth/revoke", summary="End a session (RFC 7009)")
async def revoke(session: Session, now: Now, token: Annotated[str, Form()]) -> None:
    await sign_in.revoke(session, refresh_token=token, now=now)


@routes.get("/jwks.json", summary="The keys that access tokens are signed with (RFC 7517)")
async def jwks(issuer: Signer) -> JwkSet:
    """All that are kept: what an older one signed stays good."""
    return issuer.keys.public()

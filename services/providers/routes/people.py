"""Signing in, tokens, accounts and API clients."""

import base64
import binascii
import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from services.providers.actions import people, sign_in
from services.providers.actions.sign_in import Issuer
from services.providers.models import ApiClient, Person
from services.providers.problems import InvalidClient, InvalidGrant, UnsupportedGrantType, WrongCode
from services.providers.store import roles as roles_of
from shared.auth import Caller
from shared.clock import Now
from shared.db import Session, begin
from shared.idempotency import Idempotent
from shared.keys import JwkSet
from shared.problems import Unauthenticated
from shared.schemas import people as wire

routes = APIRouter(tags=["people and tokens"])


async def _issuer(request: Request) -> Issuer:
    issuer: Issuer = request.app.state.issuer
    return issuer


Signer = Annotated[Issuer, Depends(_issuer)]


@routes.post("/sign-ins", status_code=202, summary="Ask for a six-digit code")
async def ask_for_code(
    session: Session, issuer: Signer, once: Idempotent, now: Now, wanted: wire.SignInInput
) -> wire.SignIn:
    """The code comes by e-mail or SMS within moments, is good for ten minutes and opens once."""
    return await sign_in.shown(
        session, await once(lambda: sign_in.ask_for_code(session, issuer=issuer, wanted=wanted, now=now))
    )


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
        session, issuer=issuer, client_id=client_id, client_secret=client_secret, scope=scope
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
    return {"keys": [issuer.key.public_jwk()]}


@routes.get("/me", summary="Who am I?")
async def me(caller: Caller) -> wire.Me:
    if caller.region is None:
        raise Unauthenticated
    return wire.Me(id=caller.id, region=caller.region, roles=list(caller.roles))


@routes.post("/people", status_code=201, summary="Give a staff member or coordinator an account")
async def add_person(session: Session, caller: Caller, once: Idempotent, wanted: wire.PersonInput) -> wire.Person:
    person = await session.get_one(Person, await once(lambda: people.add_person(session, caller=caller, wanted=wanted)))
    return wire.Person.model_validate(
        {
            "id": person.id,
            "region": person.region,
            "language": person.language,
            "roles": [wire.Role.model_validate(role) for role in await roles_of(session, person.id)],
        }
    )


@routes.post("/api-clients", status_code=201, summary="Register an API client")
async def add_api_client(
    session: Session, caller: Caller, once: Idempotent, wanted: wire.ApiClientInput
) -> wire.ApiClient:
    """The secret is shown once, in this answer; a retry with the same `Idempotency-Key` answers without it."""
    secrets: list[str] = []
    client = await once(lambda: people.add_api_client(session, caller=caller, wanted=wanted, tell=secrets.append))
    row = await session.get_one(ApiClient, client)
    return wire.ApiClient.model_validate({**people.shown(row), "secret": next(iter(secrets), None)})

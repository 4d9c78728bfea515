"""Signing in, by any of the three ways: a code, a passkey, an identity provider."""

import uuid

from fastapi import APIRouter

from services.providers.actions import passkey_sign_in, returned_sign_on, sign_in, single_sign_on
from services.providers.actions.challenges import add_challenge_for_anybody
from services.providers.actions.logins import give_token
from services.providers.routes.audit import Address, note_caller
from services.providers.routes.dependencies import Config, KnownProviders, Signer, ThisSite, Transactions
from shared.auth import ANONYMOUS, Caller
from shared.clock import Now
from shared.db import Session
from shared.http.allowances import Allowances
from shared.idempotency import Idempotent, RetryKeyed
from shared.openapi.allowances import COUNTED
from shared.openapi.security import FOR_ANYBODY
from shared.schemas import people as wire

routes = APIRouter(tags=["people and tokens"])


@routes.post("/sign-ins", status_code=202, summary="Ask for a six-digit code", openapi_extra=FOR_ANYBODY | COUNTED)
async def ask_for_code(
    session: Session,
    issuer: Signer,
    once: Idempotent,
    now: Now,
    address: Address,
    allowances: Allowances,
    wanted: wire.SignInInput,
) -> wire.SignIn:
    """The code comes by e-mail or SMS within moments, is good for ten minutes and opens once."""
    made = await once(
        lambda: sign_in.start_sign_in(
            session, issuer=issuer, wanted=wanted, address=address, allowances=allowances, now=now
        )
    )
    return await sign_in.for_asker(session, made)


@routes.post("/sign-ins/{id}/login", status_code=201, summary="Trade the code for a token", openapi_extra=FOR_ANYBODY)
async def open_login(
    begin: Transactions, issuer: Signer, retry: RetryKeyed, now: Now, id: uuid.UUID, wanted: wire.SignInCode
) -> wire.Token:
    """Five tries, then a new code is needed. A retry with the same `Idempotency-Key` within ten minutes gets a token of
    the same login, and the token of the first answer can be refreshed no more."""
    return await sign_in.trade_code(begin, issuer=issuer, retry=retry, sign_in=id, typed=wanted.code, now=now)


@routes.get("/sign-ins/{id}/message", summary="What to send for a sign-in", include_in_schema=False)
async def sign_in_message(
    session: Session, issuer: Signer, caller: Caller, now: Now, id: uuid.UUID
) -> wire.SignInMessage:
    caller.require("recipients:read")
    return await sign_in.code_message(session, issuer=issuer, sign_in=id, now=now)


@routes.get("/sign-ins/{id}/warning", summary="Whom to warn of a sign-in", include_in_schema=False)
async def sign_in_warning(session: Session, caller: Caller, id: uuid.UUID) -> wire.SignInWarning:
    caller.require("recipients:read")
    return await sign_in.warning(session, sign_in=id)


@routes.post(
    "/passkeys/sign-ins",
    status_code=202,
    summary="Ask for a challenge, to sign in with a passkey",
    openapi_extra=FOR_ANYBODY | COUNTED,
)
async def ask_for_challenge(
    session: Session,
    issuer: Signer,
    once: Idempotent,
    site: ThisSite,
    now: Now,
    address: Address,
    allowances: Allowances,
) -> wire.PasskeyChallenge:
    asked = await once(
        lambda: add_challenge_for_anybody(session, issuer=issuer, address=address, allowances=allowances, now=now)
    )
    return await passkey_sign_in.request_options(session, asked=asked, site=site)


@routes.post(
    "/passkeys/sign-ins/{id}/login",
    status_code=201,
    summary="Trade a signed challenge for a token",
    openapi_extra=FOR_ANYBODY,
)
async def open_login_with_passkey(
    session: Session,
    issuer: Signer,
    once: Idempotent,
    site: ThisSite,
    now: Now,
    address: Address,
    id: uuid.UUID,
    wanted: wire.PasskeyAnswer,
) -> wire.Token:
    """A retry is answered as that of `POST /sign-ins/{id}/login`."""
    note_caller(session, ANONYMOUS, address)
    login = await once(
        lambda: passkey_sign_in.trade_challenge(session, site=site, asked=id, credential=wanted.credential, now=now)
    )
    return await give_token(session, issuer=issuer, login=login, now=now)


@routes.get("/identity-providers", summary="Where staff may sign in with their own account")
async def identity_providers(providers: KnownProviders) -> wire.IdentityProviders:
    items = [wire.IdentityProvider(id=known.id, name=known.name) for known in providers.values()]
    return wire.IdentityProviders(items=items)


@routes.post(
    "/single-sign-ons",
    status_code=201,
    summary="Sign in at an identity provider",
    openapi_extra=FOR_ANYBODY | COUNTED,
)
async def begin_single_sign_on(
    begin: Transactions,
    issuer: Signer,
    providers: KnownProviders,
    settings: Config,
    retry: RetryKeyed,
    now: Now,
    address: Address,
    allowances: Allowances,
    wanted: wire.SingleSignOnInput,
) -> wire.SingleSignOn:
    return await single_sign_on.begin_single_sign_on(
        begin,
        providers,
        issuer=issuer,
        retry=retry,
        wanted=wanted,
        public_url=settings.public_url,
        address=address,
        allowances=allowances,
        now=now,
    )


@routes.post(
    "/single-sign-ons/{id}/login",
    status_code=201,
    summary="Trade what one came back with for a token",
    openapi_extra=FOR_ANYBODY,
)
async def open_login_by_identity_provider(
    begin: Transactions,
    issuer: Signer,
    providers: KnownProviders,
    settings: Config,
    retry: RetryKeyed,
    now: Now,
    id: uuid.UUID,
    wanted: wire.SingleSignOnCode,
) -> wire.Token:
    """A sign-in is asked for once, whether it opens or not. A retry is answered as that of
    `POST /sign-ins/{id}/login`."""
    return await returned_sign_on.trade_return(
        begin,
        providers,
        issuer=issuer,
        retry=retry,
        begun=id,
        wanted=wanted,
        public_url=settings.public_url,
        now=now,
    )

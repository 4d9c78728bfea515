"""Signing in at a municipality's own identity provider.

A provider vouches for the e-mail addresses of its own domains, in its own region, and for nobody else; so one
municipality's provider cannot open another's accounts. Somebody who has come once is known by the provider's own name
for them, so that a changed e-mail address does not lock them out.
"""

import datetime as dt
import hashlib
import secrets
import uuid
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.asking_first import Begin
from services.providers.actions.begun_sign_ins import limited_address
from services.providers.actions.identity_providers import (
    IdentityProvider,
    IdTokenClaims,
    Providers,
    discover,
    fetch_claims,
)
from services.providers.actions.issuer import Issuer
from services.providers.actions.logins import give_token, open_login
from services.providers.models import Identity, Person, SingleSignOn
from services.providers.problems import NotVouchedFor, SingleSignOnFailed
from services.providers.store.people import person_by_contact
from shared import contacts
from shared.http.allowances import Allowance
from shared.idempotency import RetryKey
from shared.problems import NotFound
from shared.schemas import people as wire

RETURN_WITHIN = dt.timedelta(minutes=10)


def return_page(public_url: str, provider: IdentityProvider) -> str:
    """Return the page to which a provider sends people back: its own, so that no other's answer is taken for its (RFC
    9700 section 4.4.2)."""
    return f"{public_url}/sign-in/back/{provider.id}"


async def begin_single_sign_on(
    begin: Begin,
    providers: Providers,
    *,
    issuer: Issuer,
    retry: RetryKey,
    wanted: wire.SingleSignOnInput,
    public_url: str,
    address: str,
    allowances: list[Allowance],
    now: dt.datetime,
) -> wire.SingleSignOn:
    """Return where to send somebody to sign in, and what they must come back with; note how many more may begin. The
    provider is asked before the transaction, so that a slow one keeps nobody waiting, and only when one more may begin.
    Raises `TooManyRequests`."""
    provider = providers.get(wanted.provider)
    if provider is None:
        raise NotFound
    async with begin() as session:
        if await retry.once(session).earlier() is None:
            await _delete_old(session, now)
            await _limited(session, issuer, address, [])  # noted when it is kept
    described = await discover(provider)
    async with begin() as session:
        made = await retry.once(session)(lambda: _keep_begun(session, issuer, provider, address, allowances, now))
        row = await session.get(SingleSignOn, made)
        if row is None:  # a retry, after somebody has come back or the time was over
            raise SingleSignOnFailed
        return wire.SingleSignOn(
            id=row.id, address=_address_at_provider(described.authorization_endpoint, provider, row, public_url)
        )


async def _delete_old(session: AsyncSession, now: dt.datetime) -> None:
    await session.execute(sa.delete(SingleSignOn).where(SingleSignOn.created_at < now - RETURN_WITHIN))


async def _limited(session: AsyncSession, issuer: Issuer, address: str, allowances: list[Allowance]) -> bytes:
    return await limited_address(session, issuer, SingleSignOn, address, within=RETURN_WITHIN, allowances=allowances)


async def _keep_begun(
    session: AsyncSession,
    issuer: Issuer,
    provider: IdentityProvider,
    address: str,
    allowances: list[Allowance],
    now: dt.datetime,
) -> uuid.UUID:
    await _delete_old(session, now)
    row = SingleSignOn(
        address_hash=await _limited(session, issuer, address, allowances),
        provider=provider.id,
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        created_at=now,
    )
    session.add(row)
    await session.flush()
    return row.id


def _address_at_provider(endpoint: str, provider: IdentityProvider, row: SingleSignOn, public_url: str) -> str:
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": return_page(public_url, provider),
        "scope": "openid email",
        "state": row.state,
        "nonce": row.nonce,
        "code_challenge": _code_challenge(row.verifier),
        "code_challenge_method": "S256",
    }
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


def _code_challenge(verifier: str) -> str:
    """RFC 7636, section 4.2."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True)
class ReturnedSignOn:
    """A sign-in that somebody has come back from."""

    provider: IdentityProvider
    state: str
    nonce: str
    verifier: str


async def trade_return(
    begin: Begin,
    providers: Providers,
    *,
    issuer: Issuer,
    retry: RetryKey,
    begun: uuid.UUID,
    wanted: wire.SingleSignOnCode,
    public_url: str,
    now: dt.datetime,
) -> wire.Token:
    """Return a token for whom the provider vouches for.

    A sign-in can be come back from once, whether it opens or not. The provider is asked between two transactions, and
    not at all by a retry of the request that has opened a login already, since its code is used up.
    """
    async with begin() as session:
        login = await retry.once(session).earlier()
        returned = await close_sign_on(session, providers, begun=begun, now=now) if login is None else None
    claims = await claims_of(returned, wanted, public_url) if returned else None
    async with begin() as session:
        if returned and claims:
            login = await retry.once(session)(lambda: _open(session, returned.provider, claims, now))
        if login is None:
            raise SingleSignOnFailed
        return await give_token(session, issuer=issuer, login=login, now=now)


async def close_sign_on(
    session: AsyncSession, providers: Providers, *, begun: uuid.UUID, now: dt.datetime
) -> ReturnedSignOn:
    """Return what was begun, which is over with this; raises `SingleSignOnFailed`."""
    closed = sa.delete(SingleSignOn).where(SingleSignOn.id == begun, SingleSignOn.created_at > now - RETURN_WITHIN)
    row = await session.scalar(closed.returning(SingleSignOn))
    if row is None or row.provider not in providers:
        raise SingleSignOnFailed
    return ReturnedSignOn(providers[row.provider], row.state, row.nonce, row.verifier)


async def claims_of(returned: ReturnedSignOn, wanted: wire.SingleSignOnCode, public_url: str) -> IdTokenClaims:
    """Return what the provider says of who came back; raises `SingleSignOnFailed` and `Unavailable`."""
    if not secrets.compare_digest(returned.state.encode(), wanted.state.encode()):
        raise SingleSignOnFailed
    if wanted.provider not in {None, returned.provider.id}:
        raise SingleSignOnFailed
    return await fetch_claims(
        returned.provider,
        code=wanted.code,
        said=wanted.iss,
        returns_to=return_page(public_url, returned.provider),
        verifier=returned.verifier,
        nonce=returned.nonce,
    )


async def _open(
    session: AsyncSession, provider: IdentityProvider, claims: IdTokenClaims, now: dt.datetime
) -> uuid.UUID:
    person = await _vouched_person(session, provider, claims)
    return await open_login(session, person=person, how="single_sign_on", now=now)


async def _vouched_person(session: AsyncSession, provider: IdentityProvider, claims: IdTokenClaims) -> uuid.UUID:
    """Return the account of who came back; raises `NotVouchedFor`."""
    known = await session.get(Identity, (provider.issuer, claims.sub))
    if known is not None:
        person = await session.get_one(Person, known.person_id)
    else:
        person = await _person_with_email(session, provider, claims)
    if person.region != provider.region:
        raise NotVouchedFor
    if known is None:
        new = insert(Identity).values(issuer=provider.issuer, subject=claims.sub, person_id=person.id)
        await session.execute(new.on_conflict_do_nothing())  # two windows may come back at once
    return person.id


async def _person_with_email(session: AsyncSession, provider: IdentityProvider, claims: IdTokenClaims) -> Person:
    email = (contacts.email(claims.email or "") or "").lower()
    vouched = claims.email_verified and email.rpartition("@")[2] in provider.email_domains
    found = await person_by_contact(session, email=email, phone=None) if vouched else None
    if found is None:
        raise NotVouchedFor
    return found

"""Coming back from a municipality's own identity provider.

A provider vouches for the e-mail addresses of its own domains, in its own region, and for nobody else; so one
municipality's provider cannot open another's accounts. Somebody who has come once is known by the provider's own name
for them, so that a changed e-mail address does not lock them out.
"""

import datetime as dt
import secrets
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.asking_first import Begin
from services.providers.actions.identity_providers import IdentityProvider, IdTokenClaims, Providers, fetch_claims
from services.providers.actions.issuer import Issuer
from services.providers.actions.logins import give_token, open_login
from services.providers.actions.single_sign_on import RETURN_WITHIN, return_page
from services.providers.models import Identity, Person, SingleSignOn
from services.providers.problems import NotVouchedFor, SingleSignOnFailed
from services.providers.store.people import person_by_contact
from shared import contacts
from shared.idempotency import RetryKey
from shared.schemas import people as wire


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

"""Signing in with a six-digit code, and the tokens that people and API clients then carry."""

import datetime as dt
import hmac
import secrets
import uuid
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import domain, store
from services.providers.domain import Verdict
from services.providers.models import ApiClient, Person, SignedIn, SignIn
from services.providers.problems import InvalidClient, InvalidGrant, InvalidScope
from shared import contacts
from shared.feed import emit
from shared.keys import ISSUER, SigningKey, hash_token
from shared.problems import NotFound, TooManyRequests, field_problem
from shared.schemas import people as wire

ACCESS_LIFETIME = dt.timedelta(minutes=15)
USED_EVERY = dt.timedelta(minutes=1)  # not a write for each token
SESSION_LIFETIME = dt.timedelta(hours=12)


@dataclass(frozen=True)
class Issuer:
    """What tokens are signed with, and what codes are derived from."""

    key: SigningKey
    secret: str


async def ask_for_code(
    session: AsyncSession, *, issuer: Issuer, wanted: wire.SignInInput, now: dt.datetime
) -> uuid.UUID:
    """Start a sign-in. A stranger gets the same answer as a member, and no message."""
    phone, email = contacts.phone(wanted.contact), contacts.email(wanted.contact)
    if phone is None and email is None:
        raise field_problem("/contact", "reachable")
    email = email.lower() if email else None
    contact_hash = hmac.digest(issuer.secret.encode(), (phone or email or "").encode(), "sha256")
    await store.lock_contact(session, contact_hash)  # so that requests at once count each other
    if await store.recent_sign_ins(session, contact_hash, now - domain.SIGN_INS_WITHIN) >= domain.MAX_SIGN_INS:
        raise TooManyRequests
    person = await store.person_by_contact(session, email=email, phone=phone)
    sign_in = SignIn(
        person_id=person.id if person else None,
        contact_hash=contact_hash,
        by_phone=phone is not None,
        language=wanted.language,
        created_at=now,
    )
    session.add(sign_in)
    await session.flush()
    if person is not None:
        await emit(session, "sign-in.requested", sign_in.id, {"id": str(sign_in.id)}, internal=True)
    return sign_in.id


async def shown(session: AsyncSession, sign_in: uuid.UUID) -> wire.SignIn:
    """A sign-in as its asker may see it."""
    row = await session.get_one(SignIn, sign_in)
    return wire.SignIn(id=row.id, expires_at=row.created_at + domain.CODE_LIFETIME)


async def message(session: AsyncSession, *, issuer: Issuer, sign_in: uuid.UUID, now: dt.datetime) -> wire.SignInMessage:
    """What to send for a sign-in, and where. There is nothing to send for one that is used or has run out."""
    row = await session.get(SignIn, sign_in)
    if row is None or row.person_id is None or row.used_at or now >= row.created_at + domain.CODE_LIFETIME:
        raise NotFound
    person = await session.get_one(Person, row.person_id)
    return wire.SignInMessage.model_validate(
        {
            "language": row.language,
            "code": domain.sign_in_code(issuer.secret, row.id),
            "email": None if row.by_phone else person.email,
            "phone": person.phone if row.by_phone else None,
        }
    )


async def try_code(
    session: AsyncSession, *, issuer: Issuer, sign_in: uuid.UUID, typed: str, now: dt.datetime
) -> wire.Token | None:
    """Trade a code for a token. None when it does not fit: the try is counted, so nothing may be rolled back."""
    row = await session.get(SignIn, sign_in, with_for_update=True)
    if row is None:
        return None
    verdict = domain.judge_code(
        typed,
        domain.sign_in_code(issuer.secret, row.id),
        attempts=row.attempts,
        created_at=row.created_at,
        used=row.used_at is not None,
        now=now,
    )
    row.attempts += 1
    if verdict is not Verdict.RIGHT or row.person_id is None:
        return None
    row.used_at = now
    refresh_token = secrets.token_urlsafe(32)
    expires_at = now + SESSION_LIFETIME
    session.add(SignedIn(person_id=row.person_id, token_hash=hash_token(refresh_token), expires_at=expires_at))
    return await _person_token(session, issuer, row.person_id, refresh_token)


async def refresh(session: AsyncSession, *, issuer: Issuer, refresh_token: str, now: dt.datetime) -> wire.Token:
    """A new access token for a session that still runs, with the roles as they are now."""
    row = await store.live_session(session, hash_token(refresh_token), now)
    if row is None:
        raise InvalidGrant
    return await _person_token(session, issuer, row.person_id, refresh_token)


async def revoke(session: AsyncSession, *, refresh_token: str, now: dt.datetime) -> None:
    """End a session; one that is not there has ended already (RFC 7009 section 2.2)."""
    row = await store.live_session(session, hash_token(refresh_token), now)
    if row is not None:
        await session.delete(row)


async def _person_token(session: AsyncSession, issuer: Issuer, person_id: uuid.UUID, refresh_token: str) -> wire.Token:
    person = await session.get_one(Person, person_id)
    roles = [
        wire.Role.model_validate(role).model_dump(mode="json", exclude_none=True)
        for role in await store.roles(session, person_id)
    ]
    claims = {"kind": "person", "region": person.region, "roles": roles}
    token = issuer.key.sign(ISSUER, str(person.id), ACCESS_LIFETIME, claims)
    return wire.Token(access_token=token, expires_in=int(ACCESS_LIFETIME.total_seconds()), refresh_token=refresh_token)


async def client_token(
    session: AsyncSession, *, issuer: Issuer, client_id: str, client_secret: str, scope: str | None, now: dt.datetime
) -> wire.Token:
    """A token for an API client (RFC 6749 section 4.4), by either of its secrets."""
    client = await _client(session, client_id)
    if client is None or client.revoked_at is not None or not _has_secret(client, hash_token(client_secret)):
        raise InvalidClient
    scopes = scope.split() if scope else client.scopes
    if not set(scopes) <= set(client.scopes):
        raise InvalidScope
    if client.last_used_at is None or now - client.last_used_at > USED_EVERY:
        client.last_used_at = now
    claims = {
        "kind": "client",
        "region": client.region,
        "organisation": str(client.organisation_id) if client.organisation_id else None,
        "scope": " ".join(scopes),
    }
    token = issuer.key.sign(ISSUER, str(client.id), ACCESS_LIFETIME, claims)
    return wire.Token(access_token=token, expires_in=int(ACCESS_LIFETIME.total_seconds()), scope=" ".join(scopes))


def _has_secret(client: ApiClient, offered: bytes) -> bool:
    known = [secret for secret in (client.secret_hash, client.next_secret_hash) if secret is not None]
    return sum(hmac.compare_digest(offered, secret) for secret in known) > 0  # each in the same time


async def _client(session: AsyncSession, client_id: str) -> ApiClient | None:
    try:
        return await store.api_client(session, uuid.UUID(client_id))
    except ValueError:
        return None

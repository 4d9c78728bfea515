"""Signing in with a six-digit code, and the tokens that people and API clients then carry."""

import datetime as dt
import hmac
import secrets
import uuid
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import domain, store
from services.providers.actions import people
from services.providers.domain import Verdict
from services.providers.models import ApiClient, Person, SignedIn, SignIn
from services.providers.problems import InvalidClient, InvalidGrant, InvalidScope
from shared import contacts, revoked
from shared.feed import emit
from shared.keys import ACCESS_LIFETIME, ISSUER, KeyRing, hash_token
from shared.problems import NotFound, TooManyRequests, field_problem
from shared.schemas import people as wire
from shared.schemas.events import SignInRequested

USED_EVERY = dt.timedelta(minutes=1)  # not a write for each token
SESSION_LIFETIME = dt.timedelta(hours=12)


@dataclass(frozen=True)
class Issuer:
    """What tokens are signed with, and what codes are derived from."""

    keys: KeyRing
    secret: str

    def hash(self, text: str) -> bytes:
        """How a contact or an address is told again without being kept."""
        return hmac.digest(self.secret.encode(), text.encode(), "sha256")


async def ask_for_code(
    session: AsyncSession, *, issuer: Issuer, wanted: wire.SignInInput, address: str, now: dt.datetime
) -> uuid.UUID:
    """Start a sign-in. A stranger gets the same answer as a member, and no message."""
    phone, email = contacts.phone(wanted.contact), contacts.email(wanted.contact)
    if phone is None and email is None:
        raise field_problem("/contact", "reachable")
    email = email.lower() if email else None
    contact_hash, address_hash = issuer.hash(phone or email or ""), issuer.hash(address)
    for hashed in sorted({contact_hash, address_hash}):
        await store.lock_hash(session, hashed)
    since = now - domain.SIGN_INS_WITHIN
    if await store.recent_sign_ins(session, contact_hash, since) >= domain.MAX_SIGN_INS:
        raise TooManyRequests
    if await store.sign_ins_from(session, address_hash, since) >= domain.MAX_SIGN_INS_FROM_ADDRESS:
        raise TooManyRequests
    person = await store.person_by_contact(session, email=email, phone=phone)
    sign_in = SignIn(
        person_id=person.id if person else None,
        contact_hash=contact_hash,
        address_hash=address_hash,
        by_phone=phone is not None,
        language=wanted.language,
        created_at=now,
    )
    session.add(sign_in)
    await session.flush()
    if person is not None:
        await emit(session, SignInRequested(id=sign_in.id), internal=True)
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
    return await open_session(session, issuer=issuer, person=row.person_id, how="code", now=now)


async def open_session(
    session: AsyncSession, *, issuer: Issuer, person: uuid.UUID, how: wire.HowSignedIn, now: dt.datetime
) -> wire.Token:
    """Sign a person in, who has shown who they are."""
    refresh_token = secrets.token_urlsafe(32)
    row = SignedIn(
        person_id=person,
        token_hash=hash_token(refresh_token),
        how=how,
        created_at=now,
        last_used_at=now,
        expires_at=now + SESSION_LIFETIME,
    )
    session.add(row)
    await session.flush()
    return await _person_token(session, issuer, row, refresh_token)


async def refresh(session: AsyncSession, *, issuer: Issuer, refresh_token: str, now: dt.datetime) -> wire.Token:
    """A new access token for a session that still runs, with the roles as they are now."""
    row = await store.live_session(session, hash_token(refresh_token), now)
    if row is None:
        raise InvalidGrant
    if now - row.last_used_at > USED_EVERY:
        row.last_used_at = now
    return await _person_token(session, issuer, row, refresh_token)


async def revoke(session: AsyncSession, *, refresh_token: str, now: dt.datetime) -> None:
    """End a session; one that is not there has ended already (RFC 7009 section 2.2)."""
    row = await store.live_session(session, hash_token(refresh_token), now)
    if row is not None:
        await _end(session, row)


async def sessions(
    session: AsyncSession, person: uuid.UUID, *, current: uuid.UUID | None, now: dt.datetime
) -> list[wire.Session]:
    """Where a person is signed in, the latest first."""
    names = ("id", "how", "created_at", "last_used_at", "expires_at")
    return [
        wire.Session.model_validate({name: getattr(row, name) for name in names} | {"current": row.id == current})
        for row in await store.sessions_of(session, person, now)
    ]


async def end_session(session: AsyncSession, *, person: uuid.UUID, ended: uuid.UUID) -> None:
    """End one of a person's own sessions: what it opened is shut at once."""
    row = await session.get(SignedIn, ended, with_for_update=True)
    if row is None or row.person_id != person:
        raise NotFound
    await _end(session, row)


async def _end(session: AsyncSession, row: SignedIn) -> None:
    await session.delete(row)
    await session.flush()
    await revoked.revoke(session, "session", row.id)


async def _person_token(session: AsyncSession, issuer: Issuer, row: SignedIn, refresh_token: str) -> wire.Token:
    # Shared with other tokens, not with a change of what the person may do: that comes before or after this one.
    person = await session.get(Person, row.person_id, with_for_update={"read": True}, populate_existing=True)
    if person is None:  # forgotten meanwhile
        raise InvalidGrant
    grants = await store.roles(session, person.id)
    roles = [wire.Role.model_validate(role).model_dump(mode="json", exclude_none=True) for role in grants]
    claims = {"kind": "person", "region": person.region, "roles": roles, "sid": str(row.id)}
    if reached := await people.municipalities_of_roles(session, person.region, grants):
        claims["municipalities"] = reached
    token = issuer.keys.current().sign(ISSUER, str(person.id), ACCESS_LIFETIME, claims)
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
        await store.was_used(session, client.id, now)
    claims = {
        "kind": "client",
        "region": client.region,
        "organisation": str(client.organisation_id) if client.organisation_id else None,
        "scope": " ".join(scopes),
    }
    token = issuer.keys.current().sign(ISSUER, str(client.id), ACCESS_LIFETIME, claims)
    return wire.Token(access_token=token, expires_in=int(ACCESS_LIFETIME.total_seconds()), scope=" ".join(scopes))


def _has_secret(client: ApiClient, offered: bytes) -> bool:
    known = [secret for secret in (client.secret_hash, client.next_secret_hash) if secret is not None]
    return sum(hmac.compare_digest(offered, secret) for secret in known) > 0  # each in the same time


async def _client(session: AsyncSession, client_id: str) -> ApiClient | None:
    try:
        return await session.get(ApiClient, uuid.UUID(client_id), with_for_update={"read": True})
    except ValueError:
        return None

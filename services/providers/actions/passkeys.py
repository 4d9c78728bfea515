"""Signing in with a passkey (WebAuthn level 3): no code to wait for, and nothing that could be told to a stranger.

The browser makes a key pair that is bound to this site; what it signs is a challenge that is answered once, within some
minutes. The key itself asks for the finger or the PIN, so it stands for both what one has and what one is.

`webauthn` is imported by whoever first uses a passkey: it would cost every start some 0.1 s and 8 MB.
"""

import base64
import binascii
import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions import sign_in
from services.providers.actions.sign_in import Issuer
from services.providers.models import Challenge, Passkey, Person
from services.providers.problems import PasskeyRefused
from shared.problems import NotFound, Unauthenticated
from shared.schemas import people as wire

ANSWER_WITHIN = dt.timedelta(minutes=5)
MOST = 20
LONGEST_ID = 1023  # section 5.1.3


@dataclass(frozen=True)
class Site:
    """What passkeys are bound to: a host, and the address of its pages."""

    host: str
    origin: str

    @classmethod
    def of(cls, public_url: str) -> "Site":
        """The site at that address. A passkey cannot be bound to a number, so on one's own machine it is localhost."""
        url = urlsplit(public_url)
        host = "localhost" if url.hostname == "127.0.0.1" else url.hostname or ""
        return cls(host, f"{url.scheme}://{host}" + (f":{url.port}" if url.port else ""))


async def ask_to_add(
    session: AsyncSession, *, person: uuid.UUID, site: Site, now: dt.datetime
) -> wire.PasskeyChallenge:
    """What the browser needs to make a passkey for somebody who is signed in."""
    from webauthn import generate_registration_options
    from webauthn.helpers.options_to_json_dict import options_to_json_dict
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    row = await session.get(Person, person)
    if row is None:  # forgotten a moment ago
        raise Unauthenticated
    known = await of_person(session, person)
    options = generate_registration_options(
        rp_id=site.host,
        rp_name="Vuoro",
        user_id=person.bytes,
        user_name=row.email or row.phone or "",
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=key.credential_id) for key in known],
    )
    asked = await _ask(session, options.challenge, person, now)
    return wire.PasskeyChallenge(id=asked, options=options_to_json_dict(options))


async def add(
    session: AsyncSession, *, person: uuid.UUID, site: Site, wanted: wire.PasskeyInput, now: dt.datetime
) -> uuid.UUID:
    """Keep the public half of a passkey that somebody's browser has made."""
    from webauthn import verify_registration_response

    challenge = await _answered(session, wanted.challenge_id, person, now)
    if len(await of_person(session, person)) >= MOST:
        raise PasskeyRefused
    try:
        made = verify_registration_response(
            credential=wanted.credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception:  # what a stranger's bytes make the library raise is not only its own errors
        raise PasskeyRefused from None
    if len(made.credential_id) > LONGEST_ID:
        raise PasskeyRefused
    row = Passkey(
        person_id=person,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=wanted.name,
        created_at=now,
    )
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError:  # it is known already, here or to somebody else
        raise PasskeyRefused from None
    return row.id


async def remove(session: AsyncSession, *, person: uuid.UUID, passkey: uuid.UUID) -> None:
    """One of a person's own passkeys opens nothing any more."""
    row = await session.get(Passkey, passkey)
    if row is None or row.person_id != person:
        raise NotFound
    await session.delete(row)


async def of_person(session: AsyncSession, person: uuid.UUID) -> list[Passkey]:
    """A person's passkeys, the oldest first."""
    return list(await session.scalars(sa.select(Passkey).where(Passkey.person_id == person).order_by(Passkey.id)))


async def ask_to_sign_in(session: AsyncSession, *, site: Site, now: dt.datetime) -> wire.PasskeyChallenge:
    """What the browser needs to sign in with whatever passkey it has for this site."""
    from webauthn import generate_authentication_options
    from webauthn.helpers.options_to_json_dict import options_to_json_dict
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(rp_id=site.host, user_verification=UserVerificationRequirement.REQUIRED)
    asked = await _ask(session, options.challenge, None, now)
    return wire.PasskeyChallenge(id=asked, options=options_to_json_dict(options))


async def sign_in_with(
    session: AsyncSession,
    *,
    issuer: Issuer,
    site: Site,
    challenge_id: uuid.UUID,
    credential: dict[str, Any],
    now: dt.datetime,
) -> wire.Token:
    """Trade a signed challenge for a token."""
    from webauthn import verify_authentication_response

    challenge = await _answered(session, challenge_id, None, now)
    wanted = sa.select(Passkey).where(Passkey.credential_id == _credential_id(credential)).with_for_update()
    row = await session.scalar(wanted)
    if row is None:
        raise PasskeyRefused
    try:
        shown = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except Exception:  # what a stranger's bytes make the library raise is not only its own errors
        raise PasskeyRefused from None
    row.sign_count, row.last_used_at = shown.new_sign_count, now
    return await sign_in.open_session(session, issuer=issuer, person=row.person_id, how="passkey", now=now)


def _credential_id(credential: dict[str, Any]) -> bytes:
    text = credential.get("rawId")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        raise PasskeyRefused from None


async def _ask(session: AsyncSession, challenge: bytes, person: uuid.UUID | None, now: dt.datetime) -> uuid.UUID:
    await session.execute(sa.delete(Challenge).where(Challenge.created_at < now - ANSWER_WITHIN))
    row = Challenge(challenge=challenge, person_id=person, created_at=now)
    session.add(row)
    await session.flush()
    return row.id


async def _answered(session: AsyncSession, asked: uuid.UUID, person: uuid.UUID | None, now: dt.datetime) -> bytes:
    """The challenge that is answered; it opens once."""
    gone = sa.delete(Challenge).where(
        Challenge.id == asked,
        Challenge.person_id.is_not_distinct_from(person),
        Challenge.created_at > now - ANSWER_WITHIN,
    )
    challenge: bytes | None = await session.scalar(gone.returning(Challenge.challenge))
    if challenge is None:
        raise PasskeyRefused
    return challenge

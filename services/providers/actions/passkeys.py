"""A person's own passkeys (WebAuthn level 3): nothing to wait for, and nothing that could be told to a stranger.

The browser makes a key pair that is bound to this site. The key itself asks for the finger or the PIN, so it stands for
both what one has and what one is.

`webauthn` is imported by whoever first uses a passkey: it would cost every start some 0.1 s and 8 MB.
"""

import datetime as dt
import uuid
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.challenges import answered_challenge, open_challenge
from services.providers.actions.saving import refused_by
from services.providers.actions.site import Site
from services.providers.models import Identity, Passkey, Person
from services.providers.problems import PasskeyRefused
from shared.problems import NotFound, NotYours, PasskeyNeeded, Unauthenticated
from shared.schemas import people as wire

MOST = 20
LONGEST_ID = 1023  # section 5.1.3


async def creation_options(
    session: AsyncSession, *, asked: uuid.UUID, person: uuid.UUID, site: Site
) -> wire.PasskeyChallenge:
    """Return what the browser needs to make a passkey for somebody who is signed in, over the challenge `asked`."""
    from webauthn import generate_registration_options
    from webauthn.helpers.options_to_json_dict import options_to_json_dict
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    row = await existing_account(session, person)
    options = generate_registration_options(
        rp_id=site.host,
        rp_name="Vuoro",
        challenge=await open_challenge(session, asked, person),
        user_id=person.bytes,
        user_name=row.email or row.phone or "",
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=key.credential_id) for key in await passkeys_of(session, person)
        ],
    )
    return wire.PasskeyChallenge(id=asked, options=options_to_json_dict(options))


async def require_first(session: AsyncSession, person: uuid.UUID) -> None:
    """Raise `PasskeyNeeded` for somebody who has a better way in than a code: a code, which whoever reads their mail
    has, adds no other. The account is locked, so that of two at once only one is the first."""
    await session.get(Person, person, with_for_update=True)
    identity = sa.select(Identity.subject).where(Identity.person_id == person).limit(1)
    if await passkeys_of(session, person) or await session.scalar(identity) is not None:
        raise PasskeyNeeded


async def existing_account(session: AsyncSession, person: uuid.UUID) -> Person:
    """Return the account of who is signed in; raises `Unauthenticated` when it was forgotten a moment ago."""
    row = await session.get(Person, person)
    if row is None:
        raise Unauthenticated
    return row


async def keep_passkey(
    session: AsyncSession, *, person: uuid.UUID, bound: bool, site: Site, wanted: wire.PasskeyInput, now: dt.datetime
) -> uuid.UUID:
    """Keep the public half of a passkey that somebody's browser has made, for a bound login their first; returns its
    id. Raises `PasskeyRefused`, `PasskeyNeeded`, and `Unauthenticated` when the person was forgotten a moment ago."""
    if bound:
        await require_first(session, person)
    challenge = await answered_challenge(session, wanted.challenge_id, person, now)
    if len(await passkeys_of(session, person)) >= MOST:
        raise PasskeyRefused
    row = _verified(wanted.credential, challenge, site)
    row.person_id, row.name, row.created_at = person, wanted.name, now
    await add_passkey(session, row)
    return row.id


async def add_passkey(session: AsyncSession, row: Passkey) -> None:
    """Add a passkey; raises `PasskeyRefused` when it is known already, here or to somebody else, and `Unauthenticated`
    when its person was forgotten a moment ago."""
    with refused_by(passkey_credential_id_key=PasskeyRefused, passkey_person_id_fkey=Unauthenticated):
        async with session.begin_nested():
            session.add(row)


def _verified(credential: Mapping[str, object], challenge: bytes, site: Site) -> Passkey:
    from webauthn import verify_registration_response

    try:
        made = verify_registration_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception:  # what a stranger's bytes make the library raise is not only its own errors
        raise PasskeyRefused from None
    if len(made.credential_id) > LONGEST_ID:
        raise PasskeyRefused
    return Passkey(credential_id=made.credential_id, public_key=made.credential_public_key, sign_count=made.sign_count)


async def delete_passkey(session: AsyncSession, *, person: uuid.UUID, passkey: uuid.UUID) -> None:
    """Remove one of a person's own passkeys; raises `NotFound`."""
    row = await session.get(Passkey, passkey)
    if row is None:
        raise NotFound
    if row.person_id != person:
        raise NotYours
    await session.delete(row)


async def passkeys_of(session: AsyncSession, person: uuid.UUID) -> list[Passkey]:
    """Return a person's passkeys, the oldest first."""
    return list(await session.scalars(sa.select(Passkey).where(Passkey.person_id == person).order_by(Passkey.id)))

"""Signing in with a passkey (WebAuthn level 3)."""

import base64
import binascii
import datetime as dt
import uuid
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.challenges import answered_challenge, open_challenge
from services.providers.actions.logins import open_login
from services.providers.actions.site import Site
from services.providers.models import Passkey
from services.providers.problems import PasskeyRefused
from services.providers.store.people import told_account
from shared.schemas.people import PasskeyChallenge


async def request_options(session: AsyncSession, *, asked: uuid.UUID, site: Site) -> PasskeyChallenge:
    """Return what the browser needs to sign the challenge `asked` with whatever passkey it has for this site."""
    from webauthn import generate_authentication_options
    from webauthn.helpers.options_to_json_dict import options_to_json_dict
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=site.host,
        challenge=await open_challenge(session, asked, None),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return PasskeyChallenge(id=asked, options=options_to_json_dict(options))


async def trade_challenge(
    session: AsyncSession, *, site: Site, asked: uuid.UUID, credential: Mapping[str, object], now: dt.datetime
) -> uuid.UUID:
    """Open a login for whoever has signed a challenge; returns its id. Raises `PasskeyRefused`."""
    challenge = await answered_challenge(session, asked, None, now)
    wanted = sa.select(Passkey).where(Passkey.credential_id == _credential_id(credential)).with_for_update()
    row = await session.scalar(wanted)
    if row is None:
        raise PasskeyRefused
    sign_count = _sign_count(row, credential, challenge, site)
    if sign_count is None:
        raise PasskeyRefused(await told_account(session, row.person_id))
    row.sign_count, row.last_used_at = sign_count, now
    return await open_login(session, person=row.person_id, how="passkey", now=now)


def _sign_count(row: Passkey, credential: Mapping[str, object], challenge: bytes, site: Site) -> int | None:
    """Return how often the passkey has signed now; None when the signature is not its own."""
    from webauthn import verify_authentication_response

    try:
        shown = verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except Exception:  # what a stranger's bytes make the library raise is not only its own errors
        return None
    return shown.new_sign_count


def _credential_id(credential: Mapping[str, object]) -> bytes:
    text = credential.get("rawId")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        raise PasskeyRefused from None

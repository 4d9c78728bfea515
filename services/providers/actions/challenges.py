"""What a passkey is asked to sign. A challenge is answered once, within some minutes (WebAuthn level 3, section
13.4.3)."""

import datetime as dt
import secrets
import uuid

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.begun_sign_ins import limited_address
from services.providers.actions.issuer import Issuer
from services.providers.models import Challenge
from services.providers.problems import PasskeyRefused
from shared.http.allowances import Allowance

ANSWER_WITHIN = dt.timedelta(minutes=5)
CHALLENGE_BYTES = 64  # the specification asks for 16 at least


async def add_challenge_for_anybody(
    session: AsyncSession, *, issuer: Issuer, address: str, allowances: list[Allowance], now: dt.datetime
) -> uuid.UUID:
    """Keep a new challenge, for whoever at an address signs in with a passkey; returns its id, and notes how many more
    may be asked for. Raises `TooManyRequests`."""
    await _delete_old(session, now)
    known_by = await limited_address(session, issuer, Challenge, address, within=ANSWER_WITHIN, allowances=allowances)
    return await _keep_challenge(session, None, known_by, now)


async def add_challenge(session: AsyncSession, *, person: uuid.UUID, now: dt.datetime) -> uuid.UUID:
    """Keep a new challenge, for a person who adds a passkey; returns its id."""
    await _delete_old(session, now)
    return await _keep_challenge(session, person, None, now)


async def _delete_old(session: AsyncSession, now: dt.datetime) -> None:
    """Delete those that nobody answered in time."""
    await session.execute(sa.delete(Challenge).where(Challenge.created_at < now - ANSWER_WITHIN))


async def _keep_challenge(
    session: AsyncSession, person: uuid.UUID | None, address_hash: bytes | None, now: dt.datetime
) -> uuid.UUID:
    row = Challenge(
        challenge=secrets.token_bytes(CHALLENGE_BYTES), person_id=person, address_hash=address_hash, created_at=now
    )
    session.add(row)
    await session.flush()
    return row.id


async def open_challenge(session: AsyncSession, asked: uuid.UUID, person: uuid.UUID | None) -> bytes:
    """Return a challenge that is not answered yet; raises `PasskeyRefused`."""
    row = await session.get(Challenge, asked)
    if row is None or row.person_id != person:
        raise PasskeyRefused
    return row.challenge


async def answered_challenge(
    session: AsyncSession, asked: uuid.UUID, person: uuid.UUID | None, now: dt.datetime
) -> bytes:
    """Return the challenge that is answered, which opens nothing more with this; raises `PasskeyRefused`."""
    answered = sa.delete(Challenge).where(
        Challenge.id == asked,
        Challenge.person_id.is_not_distinct_from(person),
        Challenge.created_at > now - ANSWER_WITHIN,
    )
    challenge: bytes | None = await session.scalar(answered.returning(Challenge.challenge))
    if challenge is None:
        raise PasskeyRefused
    return challenge

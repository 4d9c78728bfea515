"""Queries that count sign-ins, so that nobody asks for codes, or guesses them, without an end."""

import datetime as dt
import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.domain.sign_in_codes import OWN_ADDRESS_FOR, SIGN_INS_WITHIN, STRANGERS_WITHIN, Asked
from services.providers.models import Challenge, Person, SignIn, SingleSignOn
from shared.audit.log import About

# The keyed hashes of one contact or address: the one that is kept, and those by which it may have been.
Hashes = Sequence[bytes]


async def lock_hash(session: AsyncSession, hashed: bytes) -> None:
    """Deal with one request of a contact or an address at a time, so that requests at once count each other."""
    await session.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:hash, 1))"), {"hash": hashed.hex()})


async def account_of_sign_in(session: AsyncSession, sign_in: uuid.UUID) -> About | None:
    """Return the account that somebody tries to sign in to, as the audit log tells of it; None for nobody's."""
    wanted = sa.select(Person.id, Person.region).join(SignIn, SignIn.person_id == Person.id).where(SignIn.id == sign_in)
    found = (await session.execute(wanted)).one_or_none()
    return About(str(found.id), found.region) if found else None


# Of each sign-in that opened, one try was right.
ASKED = sa.text(
    """
    WITH home AS (
        SELECT DISTINCT address_hash FROM sign_in
        WHERE contact_hash = ANY (:contact) AND used_at IS NOT NULL AND created_at > :known AND address_hash IS NOT NULL
    ), strange AS (
        SELECT attempts - (used_at IS NOT NULL)::integer AS wrong FROM sign_in
        WHERE contact_hash = ANY (:contact) AND created_at > :strangers AND address_hash NOT IN (SELECT * FROM home)
    )
    SELECT (SELECT count(*) FROM sign_in
            WHERE contact_hash = ANY (:contact) AND address_hash = ANY (:address) AND created_at > :lately),
           (SELECT count(*) FROM sign_in WHERE address_hash = ANY (:address) AND created_at > :lately),
           (SELECT count(*) FROM strange),
           (SELECT coalesce(sum(wrong), 0) FROM strange),
           EXISTS (SELECT FROM home WHERE address_hash = ANY (:address))
    """
)


async def asked_lately(session: AsyncSession, contact: Hashes, address: Hashes, now: dt.datetime) -> Asked:
    """Return what has been asked for lately for a contact, and from an address."""
    values = {
        "contact": list(contact),
        "address": list(address),
        "lately": now - SIGN_INS_WITHIN,
        "strangers": now - STRANGERS_WITHIN,
        "known": now - OWN_ADDRESS_FOR,
    }
    return Asked(*(await session.execute(ASKED, values)).one())


async def begun_from(session: AsyncSession, kind: type[Challenge | SingleSignOn], address: Hashes) -> int:
    """Return how many sign-ins of a kind are under way from an address; those that are over are deleted."""
    return await session.scalar(sa.select(sa.func.count()).where(kind.address_hash.in_(address))) or 0

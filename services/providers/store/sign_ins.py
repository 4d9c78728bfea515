"""Queries that count sign-ins, so that nobody asks for codes without a limit."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.models import SignIn


async def lock_hash(session: AsyncSession, hashed: bytes) -> None:
    """Deal with one request of a contact or an address at a time, so that requests at once count each other."""
    await session.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:hash, 1))"), {"hash": hashed.hex()})


async def recent_sign_ins(session: AsyncSession, contact_hash: bytes, since: dt.datetime) -> int:
    """Return how many codes were asked for to a contact since then."""
    wanted = sa.select(sa.func.count()).where(SignIn.contact_hash == contact_hash, SignIn.created_at > since)
    return await session.scalar(wanted) or 0


async def sign_ins_from(session: AsyncSession, address_hash: bytes, since: dt.datetime) -> int:
    """Return how many codes were asked for from an address since then."""
    wanted = sa.select(sa.func.count()).where(SignIn.address_hash == address_hash, SignIn.created_at > since)
    return await session.scalar(wanted) or 0

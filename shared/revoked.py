"""Whose access has been taken away: what they were given before opens nothing any more.

An access token is good for a quarter of an hour without anybody being asked. So that a client that is revoked, a
person whose roles change, or a login that is ended is out at once, the issuer emits who it is into its feed; each
service keeps that for as long as such a token could live, and its processes look every second.
"""

import asyncio
import datetime as dt
import logging
import uuid

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.auth import Verifier
from shared.db import Base, Connection, Sessions, driver, transaction
from shared.feed import emit
from shared.retention import REVOKED_KEPT
from shared.schemas.events import AccessRevoked, Bearer, EventData

log = logging.getLogger(__name__)
SECONDS_BETWEEN_LOOKS = 1.0


class Revoked(Base):
    """`bearer` is `client:`, `person:` or `session:` (a login) with an id; tokens from before `at` are refused."""

    __tablename__ = "revoked"
    bearer: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(index=True)


async def revoke(session: AsyncSession, bearer: Bearer, record: uuid.UUID) -> None:
    """Refuse the tokens that `bearer` was given until now, here and, by an event, in the other services.

    Called when the row that says what somebody may do is locked or changed already: no token is given meanwhile.
    """
    # Not now(), which is when the transaction began: a token that was given since would stay good.
    at = await session.scalar(sa.select(sa.func.clock_timestamp()))
    assert at is not None
    await _keep(session, f"{bearer}:{record}", at)
    await emit(session, AccessRevoked(bearer=f"{bearer}:{record}", at=at), internal=True)


async def apply(transaction: AsyncSession | Connection, event: EventData) -> None:
    """Keep what another service's event takes back; other events are ignored."""
    if isinstance(event, AccessRevoked):
        await _keep(transaction, event.bearer, event.at)


# Feeds are read again after a failure, so an older event must not undo a later one.
KEEP = """
    INSERT INTO revoked AS kept (bearer, at) VALUES (%(bearer)s, %(at)s)
    ON CONFLICT (bearer) DO UPDATE SET at = greatest(kept.at, excluded.at)
"""
FORGET = "DELETE FROM revoked WHERE at < now() - %(kept)s"


async def _keep(transaction: AsyncSession | Connection, bearer: str, at: dt.datetime) -> None:
    connection = await driver(transaction) if isinstance(transaction, AsyncSession) else transaction
    await connection.execute(KEEP, {"bearer": bearer, "at": at})
    await connection.execute(FORGET, {"kept": REVOKED_KEPT})


async def watch(sessions: Sessions, verifier: Verifier) -> None:
    """Look once a second, for ever."""
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        await look(sessions, verifier)


async def look(sessions: Sessions, verifier: Verifier) -> None:
    """Give `verifier` those whose tokens are refused. When they cannot be read, what it knew holds."""
    wanted = sa.select(Revoked.bearer, Revoked.at).where(Revoked.at >= sa.func.now() - REVOKED_KEPT)
    try:
        async with transaction(sessions) as session:
            found = {row.bearer: row.at for row in await session.execute(wanted)}
        verifier.revoked.clear()
        verifier.revoked.update(found)
    except Exception:  # whatever it is, looking goes on
        log.warning("Whose access was taken away cannot be read; what was known holds", exc_info=True)

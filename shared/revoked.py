"""Whose access has been taken away: what they were given before opens nothing any more.

An access token is good for a quarter of an hour without anybody being asked. So that a client that is revoked, a
person whose roles change, or a login that is ended is out at once, the issuer emits who it is into its feed; each
service keeps that for as long as such a token could live, and its processes look every second, by the connection that
each has for the events (`shared.numbering`).
"""

import datetime as dt
import logging
import uuid

import psycopg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.auth import Verifier
from shared.db import Base, Connection, connect_directly, driver
from shared.feed import emit
from shared.retention import REVOKED_KEPT
from shared.schemas.events import AccessRevoked, Bearer, EventData

log = logging.getLogger(__name__)


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
    await _keep_revocation(session, f"{bearer}:{record}", at)
    await emit(session, AccessRevoked(bearer=f"{bearer}:{record}", at=at), internal=True)


async def apply(transaction: AsyncSession | Connection, event: EventData) -> None:
    """Keep what another service's event takes back; other events are ignored."""
    if isinstance(event, AccessRevoked):
        await _keep_revocation(transaction, event.bearer, event.at)


# Feeds are read again after a failure, so an older event must not undo a later one.
KEEP = """
    INSERT INTO revoked AS kept (bearer, at) VALUES (%(bearer)s, %(at)s)
    ON CONFLICT (bearer) DO UPDATE SET at = greatest(kept.at, excluded.at)
"""
FORGET = "DELETE FROM revoked WHERE at < now() - %(kept)s"


async def _keep_revocation(transaction: AsyncSession | Connection, bearer: str, at: dt.datetime) -> None:
    connection = await driver(transaction) if isinstance(transaction, AsyncSession) else transaction
    await connection.execute(KEEP, {"bearer": bearer, "at": at})
    await connection.execute(FORGET, {"kept": REVOKED_KEPT})


LOOK = "SELECT bearer, at FROM revoked WHERE at >= now() - %(kept)s"


async def look(connection: Connection, *, verifier: Verifier) -> None:
    """Give `verifier` those whose tokens are refused; raises psycopg's Error, and what it knew holds."""
    found = dict(await (await connection.execute(LOOK, {"kept": REVOKED_KEPT})).fetchall())
    verifier.revoked.clear()
    verifier.revoked.update(found)


async def look_before_serving(database_url: str, verifier: Verifier) -> None:
    """Look by a connection for this alone; while the database is away, nobody is known to be refused."""
    try:
        async with await connect_directly(database_url) as connection:
            await look(connection, verifier=verifier)
    except psycopg.Error:
        log.warning("Whose access was taken away cannot be read just now", exc_info=True)

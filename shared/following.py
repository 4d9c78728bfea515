"""Following another service's feed. The cursor moves in the transaction of the effect, so a replay is harmless."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.db import Base, Sessions, transaction
from shared.problems import Problem
from shared.schemas.common import CloudEvent

log = logging.getLogger(__name__)


class FeedCursor(Base):
    """How far this service has followed another's feed."""

    __tablename__ = "feed_cursor"
    source: Mapped[str] = mapped_column(primary_key=True)
    last_event_id: Mapped[uuid.UUID | None]


class Feed(Protocol):
    """A client that can read another service's feed."""

    async def events(self, last_event_id: uuid.UUID | None, wait_seconds: int, /) -> list[CloudEvent]:
        """The next batch after `last_event_id`."""
        ...


Handler = Callable[[AsyncSession, CloudEvent], Awaitable[None]]


async def follow_once(sessions: Sessions, source: str, feed: Feed, handle: Handler, wait_seconds: int) -> int:
    """Read one batch and apply it, the cursor moving in the same transaction as the effect. Returns its length."""
    async with transaction(sessions) as session:
        start = await session.scalar(sa.select(FeedCursor.last_event_id).where(FeedCursor.source == source))
    batch = await feed.events(start, wait_seconds)
    if not batch:
        return 0
    async with transaction(sessions) as session:
        if not await _move_cursor(session, source, start, batch[-1].id):
            return 0  # another reader of this service was faster, and has applied this batch
        for event in batch:
            await handle(session, event)
    return len(batch)


async def _move_cursor(session: AsyncSession, source: str, start: uuid.UUID | None, end: uuid.UUID) -> bool:
    await session.execute(
        sa.text("INSERT INTO feed_cursor (source) VALUES (:source) ON CONFLICT DO NOTHING"),
        {"source": source},
    )
    moved = await session.execute(
        sa.update(FeedCursor)
        .where(FeedCursor.source == source, FeedCursor.last_event_id.is_not_distinct_from(start))
        .values(last_event_id=end)
        .returning(FeedCursor.source)
    )
    return moved.first() is not None


async def follow(sessions: Sessions, source: str, feed: Feed, handle: Handler) -> None:
    """Follow a feed for ever. A source that is down is asked again, more and more patiently up to five seconds."""
    failures = 0
    while True:
        try:
            await follow_once(sessions, source, feed, handle, wait_seconds=25)
            failures = 0
        except Problem as problem:
            failures += 1
            if failures == 1:
                log.warning("The feed of %s cannot be followed just now: %s", source, problem.slug)
        except Exception:  # whatever it is, the reader must live on; the batch is tried again whole
            failures += 1
            log.exception("An event from %s could not be applied", source)
        if failures:
            await asyncio.sleep(min(5.0, 0.1 * 2 ** min(failures, 6)))

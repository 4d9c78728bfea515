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
        """Return the next batch after `last_event_id`; an empty one when nothing came in time. Raises Problem."""
        ...


Handler = Callable[[AsyncSession, CloudEvent], Awaitable[None]]


async def follow_once(sessions: Sessions, source: str, feed: Feed, handle: Handler, wait_seconds: int) -> int:
    """Read one batch and apply it; return how many events were applied. Raises what the feed or `handle` raises, and
    then nothing of the batch has been applied."""
    # A transaction of its own: none is held open while another service is waited for.
    async with transaction(sessions) as session:
        start = await session.scalar(sa.select(FeedCursor.last_event_id).where(FeedCursor.source == source))
    batch = await feed.events(start, wait_seconds)
    if not batch:
        return 0
    async with transaction(sessions) as session:
        # First the cursor, so that its row lock makes a second reader of the same feed wait, and then find it moved.
        if not await _move_cursor(session, source, start, batch[-1].id):
            return 0  # another reader of this service was faster, and has applied this batch
        for event in batch:
            await handle(session, event)
    return len(batch)


async def _move_cursor(session: AsyncSession, source: str, start: uuid.UUID | None, end: uuid.UUID) -> bool:
    """Move the cursor from `start` to `end`; return whether it was still at `start`."""
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


def _nothing() -> None:
    return None


async def follow(
    sessions: Sessions, source: str, feed: Feed, handle: Handler, *, after_batch: Callable[[], None] = _nothing
) -> None:
    """Follow a feed for ever, and call `after_batch` when events were applied and committed. After a failure it is read
    again, after delays that grow up to five seconds."""
    failures = 0
    while True:
        try:
            if await follow_once(sessions, source, feed, handle, wait_seconds=25):
                after_batch()
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

"""How far this service has followed each feed, and where it is stuck. A row says neither what an event says nor whom it
is about: its id, its type, and the kind of the failure."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.db import Base, Sessions, transaction
from shared.schemas.common import CloudEvent, StuckReader


class FeedCursor(Base):
    """How far this service has followed another's feed; while it is stuck there, since when, at which event (none when
    the feed itself is refused), and why."""

    __tablename__ = "feed_cursor"
    source: Mapped[str] = mapped_column(primary_key=True)
    last_event_id: Mapped[uuid.UUID | None]
    stuck_since: Mapped[dt.datetime | None]
    stuck_event_id: Mapped[uuid.UUID | None]
    stuck_event_type: Mapped[str | None]
    stuck_reason: Mapped[str | None]


BEGIN = sa.text("INSERT INTO feed_cursor (source) VALUES (:source) ON CONFLICT DO NOTHING")
FREED = {"stuck_since": None, "stuck_event_id": None, "stuck_event_type": None, "stuck_reason": None}
# Of a reader whose cursor another one has moved meanwhile, nothing is noted: that one is not stuck.
NOTE = sa.text("""
    INSERT INTO feed_cursor AS kept (source, stuck_since, stuck_event_id, stuck_event_type, stuck_reason)
    VALUES (:source, now(), :event_id, :event_type, :reason)
    ON CONFLICT (source) DO UPDATE SET stuck_since = coalesce(kept.stuck_since, now()),
        stuck_event_id = :event_id, stuck_event_type = :event_type, stuck_reason = :reason
    WHERE kept.last_event_id IS NOT DISTINCT FROM CAST(:start AS uuid)
""")


async def get(sessions: Sessions, source: str) -> uuid.UUID | None:
    """Return the last event of a feed that was applied; None before the first."""
    async with transaction(sessions) as session:
        wanted = sa.select(FeedCursor.last_event_id).where(FeedCursor.source == source)
        last: uuid.UUID | None = await session.scalar(wanted)
        return last


async def move(session: AsyncSession, source: str, start: uuid.UUID | None, end: uuid.UUID) -> bool:
    """Move the cursor from `start` to `end`; return whether it was still at `start`. Who moves is not stuck."""
    await session.execute(BEGIN, {"source": source})
    moved = await session.execute(
        sa.update(FeedCursor)
        .where(FeedCursor.source == source, FeedCursor.last_event_id.is_not_distinct_from(start))
        .values(last_event_id=end, **FREED)
        .returning(FeedCursor.source)
    )
    return moved.first() is not None


async def note_stuck(
    sessions: Sessions, source: str, start: uuid.UUID | None, event: CloudEvent | None, reason: str
) -> None:
    """Note that the reader of a feed is stuck after `start`."""
    values = {"source": source, "start": start, "reason": reason}
    of_event = {"event_id": event and event.id, "event_type": event and event.type}
    async with transaction(sessions) as session:
        await session.execute(NOTE, values | of_event)


async def note_free(sessions: Sessions, source: str) -> None:
    """Note that the reader of a feed is not stuck, or not any more."""
    async with transaction(sessions) as session:
        was_stuck = (FeedCursor.source == source, FeedCursor.stuck_since.is_not(None))
        await session.execute(sa.update(FeedCursor).where(*was_stuck).values(**FREED))


async def stuck(session: AsyncSession) -> list[StuckReader]:
    """Return the feeds that this service cannot go on following."""
    wanted = sa.select(FeedCursor).where(FeedCursor.stuck_since.is_not(None)).order_by(FeedCursor.source)
    return [
        StuckReader(
            source=row.source,
            since=row.stuck_since,
            event_id=row.stuck_event_id,
            event_type=row.stuck_event_type,
            reason=row.stuck_reason,
        )
        for row in await session.scalars(wanted)
    ]

"""Following another service's feed. The cursor moves in the transaction of the effect, so a replay is harmless.

A reader that meets an event which cannot be read or applied stays before it: to go on would be to forget it. What came
before is applied, where it stands is kept in the database, and `/readyz` tells it (`shared.service`)."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from itertools import takewhile
from typing import Protocol

import psycopg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from shared import feed_cursors
from shared.clients.base import Refused
from shared.db import Sessions, transaction
from shared.problems import Problem, Unavailable
from shared.schemas.common import CloudEvent

log = logging.getLogger(__name__)
SECONDS_TO_WAIT = 25
# What passes without anybody's help: the other service, or a database, is away or overrun.
PASSING = (
    Unavailable,
    sa.exc.OperationalError,
    sa.exc.InterfaceError,
    sa.exc.TimeoutError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    OSError,
)


class Feed(Protocol):
    """A client that can read another service's feed."""

    async def events(self, last_event_id: uuid.UUID | None, wait_seconds: int, /) -> list[CloudEvent]:
        """Return the next batch after `last_event_id`; an empty one when nothing came in time. Raises Refused and
        Problem."""
        ...


Handler = Callable[[AsyncSession, CloudEvent], Awaitable[None]]


class Stuck(Exception):
    """The reader of a feed cannot go on by itself: at `event`, or, without one, since the feed itself is refused"""

    def __init__(self, reason: str, event: CloudEvent | None = None, start: uuid.UUID | None = None) -> None:
        super().__init__(reason)
        self.reason, self.event, self.start = reason, event, start


def reason_of(error: Exception) -> str:
    """Return what kind of failure it is; nothing of what the failing event says."""
    match error:
        case Refused():
            return error.problem.type.rpartition(":")[2]
        case Problem():
            return error.slug
        case _:
            return type(error).__name__


async def follow_once(sessions: Sessions, source: str, feed: Feed, handle: Handler, wait_seconds: int) -> int:
    """Read one batch and apply it, or what of it comes before an event that cannot be applied; return how many events
    were applied. Raises Stuck when that is the first, or when the feed is refused, and what is in PASSING."""
    # A transaction of its own: none is held open while another service is waited for.
    start = await feed_cursors.get(sessions, source)
    try:
        batch = await feed.events(start, wait_seconds)
    except PASSING:
        raise
    except Exception as error:
        raise Stuck(reason_of(error), start=start) from error
    try:
        return await _apply(sessions, source, start, batch, handle)
    except Stuck as stuck:
        stopped_at = stuck.event
        before = list(takewhile(lambda event: event != stopped_at, batch))
        if not before:
            raise
    return await _apply(sessions, source, start, before, handle)


async def _apply(
    sessions: Sessions, source: str, start: uuid.UUID | None, batch: list[CloudEvent], handle: Handler
) -> int:
    """Apply a batch, all or nothing; return how many events were applied."""
    if not batch:
        return 0
    async with transaction(sessions) as session:
        # First the cursor, so that its row lock makes a second reader of the same feed wait, and then find it moved.
        if not await feed_cursors.move(session, source, start, batch[-1].id):
            return 0  # another reader of this service was faster, and has applied this batch
        for event in batch:
            try:
                await handle(session, event)
            except PASSING:
                raise
            except Exception as error:
                raise Stuck(reason_of(error), event, start) from error
    return len(batch)


def _do_nothing() -> None:
    return None


async def follow(
    sessions: Sessions, source: str, feed: Feed, handle: Handler, *, after_batch: Callable[[], None] = _do_nothing
) -> None:
    """Follow a feed for ever, and call `after_batch` when events were applied and committed. After a failure it is read
    again, after delays that grow up to five seconds."""
    failures, is_free = 0, False
    while True:
        try:
            # At once, until it is known to be free: a long wait would leave it noted as stuck.
            if await follow_once(sessions, source, feed, handle, SECONDS_TO_WAIT if is_free else 0):
                after_batch()
            if not is_free:
                await feed_cursors.note_free(sessions, source)
            failures, is_free = 0, True
            continue
        except Unavailable:
            if failures == 0:
                log.warning("The feed of %s cannot be read just now", source)
        except Exception as error:  # whatever it is, the reader must live on; the batch is tried again
            await _tell(sessions, source, error, failures == 0)
        failures, is_free = failures + 1, False
        await asyncio.sleep(min(5.0, 0.1 * 2 ** min(failures, 6)))


async def _tell(sessions: Sessions, source: str, error: Exception, is_first: bool) -> None:
    """Note where a reader is stuck; log it once, with its cause."""
    if is_first:
        event = error.event if isinstance(error, Stuck) else None
        what = f"{event.type} {event.id}" if event else "What comes next"
        log.error("%s in the feed of %s could not be applied", what, source, exc_info=error.__cause__ or error)
    if isinstance(error, Stuck):
        try:
            await feed_cursors.note_stuck(sessions, source, error.start, error.event, error.reason)
        except PASSING:
            log.warning("Where the reader of %s is stuck cannot be noted just now", source)

"""Keeping the list of tombstones and the database alike: who is erased is added to the list, and who is brought back
by a restored backup is erased again.

Every process that serves a feed adds what the feed tells, moments after the commit; a process that dies before that, or
a list that was away, is made good at the next start, since the feed still tells it. What the list has and the database
has never heard of was erased after the backup: it is erased again before anything is served or done.
"""

import asyncio
import datetime as dt
import logging
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import now
from shared.db import Sessions, transaction
from shared.feed import Event
from shared.numbering import Numberer
from shared.retention import TOMBSTONES_KEPT
from shared.tombstones import ALWAYS, Tombstones

log = logging.getLogger(__name__)
# A transaction that was open when the backup was taken may be a little older than the newest event in it.
MARGIN = dt.timedelta(minutes=1)
# What happens within a fifth of a second is read together: in a rush the list costs five rounds a second, no more.
SECONDS_TOGETHER = 0.2
SECONDS_AFTER_FAILURE = 1.0
SECONDS_WITHOUT_NEWS = 60.0
ROWS_AT_ONCE = 1000
IsBuried = Callable[[uuid.UUID], bool]
# The types of the events that tell of an erasure; where one tells it in some state only, that state.
Erasures = Mapping[str, str | None]
# Erase again those who are buried, in the session's transaction; return how many there were.
EraseAgain = Callable[[AsyncSession, IsBuried], Awaitable[int]]


@dataclass(frozen=True)
class Burials:
    """What a service does for its list."""

    tombstones: Tombstones
    erasures: Erasures
    erase_again: EraseAgain

    async def settle(self, sessions: Sessions) -> int:
        """Erase again whom the list has and a restored backup has brought back; return how many."""
        async with transaction(sessions) as session:
            newest = await session.scalar(sa.select(Event.time).order_by(Event.seq.desc()).limit(1))
            return await self.erase_since(session, newest - MARGIN if newest else ALWAYS)

    async def settle_first(self, sessions: Sessions) -> None:
        """Settle before anything else is done, as soon as the database answers: it may be starting, too."""
        while True:
            try:
                await self.settle(sessions)
                return
            except OperationalError as away:
                log.warning("The database is out of reach", exc_info=away)
                await asyncio.sleep(SECONDS_AFTER_FAILURE)

    async def erase_since(self, session: AsyncSession, moment: dt.datetime) -> int:
        """Erase again whoever was erased at a moment or later; return how many there were."""
        marks = await asyncio.to_thread(self.tombstones.since, moment)
        if not marks:
            return 0
        return await self.erase_again(session, lambda record: not marks.isdisjoint(self.tombstones.marks_of(record)))

    async def keep(self, sessions: Sessions, numberer: Numberer) -> None:
        """Keep both alike, for ever. What fails is logged once, and tried again in the next round."""
        after: int | None = None
        is_failing = False
        while True:
            known = numberer.last
            try:
                if after is None:
                    await self.settle(sessions)
                    await self.renew(sessions, now() - TOMBSTONES_KEPT)
                    await asyncio.to_thread(self.tombstones.forget_old, now())
                after, is_failing = await self.add_new(sessions, after), False
            except Exception:  # the database is away, the disk is full: the feed still tells it
                if not is_failing:
                    log.warning("Who was erased could not be added to the list", exc_info=True)
                is_failing = True
                await asyncio.sleep(SECONDS_AFTER_FAILURE)
                continue
            await numberer.grow(known, SECONDS_WITHOUT_NEWS)
            await asyncio.sleep(SECONDS_TOGETHER)

    async def add_new(self, sessions: Sessions, after: int | None) -> int:
        """Add to the list what the feed tells after a position, by default after what the list has; return how far the
        feed goes."""
        async with transaction(sessions) as session:
            if after is None:
                after = await _position_before(session, await asyncio.to_thread(self.tombstones.last) - MARGIN)
            last = await session.scalar(sa.select(sa.func.max(Event.position))) or 0
            erased = [each async for each in self._told(session, after, last)]
        if erased:
            await asyncio.to_thread(self.tombstones.add, erased)
        return max(after, last)

    async def renew(self, sessions: Sessions, moment: dt.datetime) -> int:
        """Add to the list, by the secret that makes now, whom it has by another alone and the feed has told of since a
        moment; return how many. After that the others are not needed for it."""
        if not self.tombstones.secrets.others:
            return 0
        known = await asyncio.to_thread(self.tombstones.since, ALWAYS)
        async with transaction(sessions) as session:
            after = await _position_before(session, moment)
            last = await session.scalar(sa.select(sa.func.max(Event.position))) or 0
            told = self._told(session, after, last)
            missing = [(record, at) async for record, at in told if self.tombstones.mark_of(record) not in known]
        if missing:
            await asyncio.to_thread(self.tombstones.add, missing)
        log.info("The list of who was erased is whole by the secret that makes now", extra={"added": len(missing)})
        return len(missing)

    async def _told(self, session: AsyncSession, after: int, last: int) -> AsyncIterator[tuple[uuid.UUID, dt.datetime]]:
        """Return who was erased and when, as the feed tells from one position to another."""
        told = await session.stream(
            sa.select(Event.subject, Event.time, Event.type, Event.data)
            .where(Event.position > after, Event.position <= last, Event.type.in_(self.erasures))
            .order_by(Event.position)
            .execution_options(yield_per=ROWS_AT_ONCE)
        )
        async for subject, time, kind, data in told:
            if self._is_erasure(kind, data):
                yield uuid.UUID(subject), time

    def _is_erasure(self, kind: str, data: Mapping[str, object]) -> bool:
        state = self.erasures[kind]
        return state is None or data.get("state") == state


async def _position_before(session: AsyncSession, moment: dt.datetime) -> int:
    """Return the position of the last event before a moment, 0 for none: ids begin with their time (RFC 9562)."""
    first = uuid.UUID(int=int(moment.timestamp() * 1000) << 80)
    newest = sa.select(Event.position).where(Event.id < first, Event.position.is_not(None))
    return await session.scalar(newest.order_by(Event.id.desc()).limit(1)) or 0

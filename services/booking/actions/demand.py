"""Demand: what was sought, and what of it in vain.

It is counted in the process, once the answer has left, and written once a second in one statement for all. So a search
writes nothing, and a process that is killed loses the counts of a second.
"""

import asyncio
import datetime as dt
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.booking.store import demand as store
from services.booking.store.demand import Demand, Sought
from shared.db import Pool
from shared.signals import Signal

log = logging.getLogger(__name__)
SECONDS_TOGETHER = 1.0
PATIENCE_SECONDS = 2.0  # searches need the connections first
# Of what was not written yet, so that a database that is away does not fill the memory.
MOST_KINDS = 10_000


class Tally:
    """The searches of this process that are not written yet."""

    def __init__(self) -> None:
        self._counts: Counter[Sought] = Counter()
        self._changed = Signal()
        self._is_over = self._is_failing = False

    async def count(self, demand: Demand, now: dt.datetime, *, in_vain: bool) -> None:
        """Count a search. No plain function: as a background task, one would be sent to a thread."""
        sought = Sought(now.replace(minute=0, second=0, microsecond=0), demand, in_vain)
        if sought in self._counts or len(self._counts) < MOST_KINDS:
            self._counts[sought] += 1
            self._changed.give()

    @asynccontextmanager
    async def kept(self, pool: Pool) -> AsyncIterator[None]:
        """Write what is counted, as long as the context is open, and what is left at its end."""
        writing = asyncio.create_task(self._keep(pool))
        try:
            yield
        finally:
            self._is_over = True
            self._changed.give()
            await writing
            await self.write(pool)  # what was counted while the last was written

    async def _keep(self, pool: Pool) -> None:
        while not self._is_over:
            await self._changed.until(lambda: self._is_over or bool(self._counts))
            await self._changed.until(lambda: self._is_over, SECONDS_TOGETHER)
            await self.write(pool)

    async def write(self, pool: Pool) -> None:
        """Write what was counted. What cannot be written is kept for the next time."""
        counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            async with pool.connection(timeout=PATIENCE_SECONDS) as connection:
                await store.write(connection, counts)
            self._is_failing = False
        except Exception:  # whatever it is, the searchers have their answers
            if not self._is_failing:
                log.warning("Searches could not be counted; they are kept", exc_info=True)
            self._is_failing = True
            self._counts.update(counts)

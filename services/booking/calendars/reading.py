"""Reading calendars in processes of their own, with limits: what somebody else's program has written may never end, or
fill the memory, and neither may keep anybody else's calendar from being read."""

import asyncio
import logging
import multiprocessing
import resource
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

from pebble import ProcessExpired, ProcessPool

from services.booking.calendars.busy import Busy, busy_times
from services.booking.calendars.unreadable import Unreadable
from shared.intervals import Interval

log = logging.getLogger(__name__)
AT_ONCE = 2
SECONDS = 20.0
MEMORY = 2**30
"""Bytes of address space."""
Read = Callable[[bytes, Interval, str], Coroutine[None, None, Busy]]


@asynccontextmanager
async def calendar_processes(*, seconds: float = SECONDS, memory: int = MEMORY) -> AsyncIterator[Read]:
    """Open some processes, and return what reads a calendar in one of them, as `busy_times` does. It raises Unreadable,
    also for what takes longer than `seconds` or more than `memory` bytes. The processes end with the context: while no
    calendar is read, there are none."""
    pool = ProcessPool(
        AT_ONCE, initializer=_limit_memory, initargs=[memory], context=multiprocessing.get_context("spawn")
    )

    async def read(text: bytes, within: Interval, zone: str) -> Busy:
        reading = pool.schedule(busy_times, args=[text, within, zone], timeout=seconds)
        try:
            return await asyncio.wrap_future(reading)
        except Unreadable:
            raise
        except TimeoutError:
            raise Unreadable("it takes too long to read") from None
        except (MemoryError, ProcessExpired):
            raise Unreadable("it takes too much memory to read") from None
        except Exception as error:  # whatever somebody else's program has written
            log.exception("A calendar could not be read")
            raise Unreadable("it is not a calendar that can be read") from error

    try:
        yield read
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        await asyncio.to_thread(pool.join)


def _limit_memory(most: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (most, most))

"""Waiting until something has happened in this process, instead of looking again and again."""

import asyncio
from collections.abc import Callable


class Signal:
    """Counts how often it was given, and wakes those who wait for it."""

    def __init__(self) -> None:
        self.count = 0
        self._next = asyncio.Event()

    def give(self) -> None:
        """Wake all who wait."""
        self.count += 1
        waited_for, self._next = self._next, asyncio.Event()
        waited_for.set()

    async def until(self, is_so: Callable[[], bool], seconds: float | None = None) -> bool:
        """Wait until something is so, asking at every signal; return False when it is not after `seconds`, if given."""
        try:
            async with asyncio.timeout(seconds):
                while not is_so():
                    await self._next.wait()
                return True
        except TimeoutError:
            return False

    async def beyond(self, count: int, seconds: float | None = None) -> bool:
        """Wait until the signal was given more than `count` times; return False when it was not after `seconds`.

        Whoever notes the count before looking at something misses no signal that comes while they look.
        """
        return await self.until(lambda: self.count > count, seconds)

"""Asking once for all who ask the same at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class SingleFlight(Generic[Answer]):
    """While one is finding something out, whoever asks the same waits for that answer instead of finding it out, too.

    Nothing is kept: an answer is as fresh as one that was asked for when the first began.
    """

    def __init__(self) -> None:
        self._under_way: dict[Hashable, asyncio.Future[Answer | None]] = {}

    async def __call__(self, question: Hashable, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the answer; whoever shared the question of one who failed asks by itself."""
        if (asked := self._under_way.get(question)) is not None:
            answer = await asyncio.shield(asked)
            return await ask() if answer is None else answer
        future = self._under_way[question] = asyncio.get_running_loop().create_future()
        answer = None
        try:
            answer = await ask()
            return answer
        finally:
            del self._under_way[question]
            future.set_result(answer)

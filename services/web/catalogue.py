"""Topics and municipalities as last heard from `providers`, so that pages can be drawn while it is away."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import httpx2

from shared.clients import ProvidersClient
from shared.problems import Unavailable
from shared.schemas.providers import Municipality, Topic

Value = TypeVar("Value")
FRESH_SECONDS = 60


class Kept(Generic[Value]):
    """A value that is asked for again after a minute, and held on to while nobody answers."""

    def __init__(self, ask: Callable[[], Awaitable[Value]]) -> None:
        self._ask, self._asked = ask, 0.0
        self._value: Value | None = None

    async def get(self) -> Value:
        """The value; raises `Unavailable` only when it was never heard."""
        if self._value is None or time.monotonic() - self._asked > FRESH_SECONDS:
            try:
                self._value = await self._ask()
            except Unavailable:
                if self._value is None:
                    raise
            self._asked = time.monotonic()
        return self._value


class Catalogue:
    """What the pages show of the registry."""

    def __init__(self, http: httpx2.AsyncClient, providers_url: str) -> None:
        client = ProvidersClient(http, providers_url)
        self.topics: Kept[list[Topic]] = Kept(client.topics)
        self.municipalities: Kept[list[Municipality]] = Kept(client.municipalities)

    async def keep_warm(self) -> None:
        """Hear of them before the first citizen asks, and again every minute."""
        while True:
            try:
                await self.topics.get()
                await self.municipalities.get()
                await asyncio.sleep(FRESH_SECONDS)
            except Unavailable:
                await asyncio.sleep(1)

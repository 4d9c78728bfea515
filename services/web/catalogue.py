"""What the pages show of the registry, as last heard from `providers`, so that they can be drawn while it is away."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import httpx2

from shared.clients import ProvidersClient, Refused
from shared.problems import Unavailable
from shared.schemas.people import IdentityProvider
from shared.schemas.providers import Municipality, Topic

Value = TypeVar("Value")
FRESH_SECONDS = 60


class Kept(Generic[Value]):
    """A value that was heard once, and is held on to while nobody answers. A page never waits for a newer one."""

    def __init__(self, ask: Callable[[], Awaitable[Value]]) -> None:
        self._ask = ask
        self._value: Value | None = None

    async def refresh(self) -> Value:
        """Ask anew; raises `Unavailable` when nobody answers."""
        self._value = await self._ask()
        return self._value

    async def get(self) -> Value:
        """The value as last heard; asked for only when it was never heard."""
        return self._value if self._value is not None else await self.refresh()


class Catalogue:
    """What the pages show of the registry."""

    def __init__(self, http: httpx2.AsyncClient, providers_url: str) -> None:
        client = ProvidersClient(http, providers_url)
        self.topics: Kept[list[Topic]] = Kept(client.topics)
        self.municipalities: Kept[list[Municipality]] = Kept(client.municipalities)
        self.identity_providers: Kept[list[IdentityProvider]] = Kept(client.identity_providers)

    async def keep_warm(self) -> None:
        """Hear of them before the first citizen asks, and again every minute."""
        while True:
            try:
                await self.topics.refresh()
                await self.municipalities.refresh()
                await self.identity_providers.refresh()
                await asyncio.sleep(FRESH_SECONDS)
            except (Unavailable, Refused):
                await asyncio.sleep(1)

"""A value of another service that is held on to while that service is away."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class LastKnown(Generic[Value]):
    """A value that was heard once, and is held on to while nobody answers. A page never waits for a newer one."""

    def __init__(self, ask: Callable[[], Awaitable[Value]]) -> None:
        self._ask = ask
        self._value: Value | None = None

    async def refresh(self) -> Value:
        """Ask anew; raises Unavailable when nobody answers, and the value of before stays."""
        self._value = await self._ask()
        return self._value

    async def get(self) -> Value:
        """Return the value as last heard; asked for only when it was never heard."""
        return self._value if self._value is not None else await self.refresh()

"""What another service has said of many things, held on to while that service is away."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.clients import Refused
from shared.problems import Unavailable

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(frozen=True)
class Heard(Generic[Value]):
    """A value, and whether it was heard just now."""

    value: Value
    fresh: bool


class Remembered(Generic[Key, Value]):
    """Values by their keys, as last heard: of the `most` keys that were asked for last. Each is asked for anew."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[Key, Value] = {}

    async def get(self, key: Key, ask: Callable[[], Awaitable[Value]]) -> Heard[Value]:
        """Return what is heard now, else what was heard before; raises Unavailable when that is nothing, and Refused,
        which is also an answer."""
        try:
            value = await ask()
        except Unavailable:
            if key not in self._values:
                raise
            return Heard(self._values[key], fresh=False)
        except Refused:
            self._values.pop(key, None)
            raise
        self._values.pop(key, None)  # so that it is the last one again
        self._values[key] = value
        if len(self._values) > self._most:
            del self._values[next(iter(self._values))]
        return Heard(value, fresh=True)

"""What a channel is: how a message is handed over, and how a failure says whether it is permanent."""

import uuid
from dataclasses import dataclass
from typing import ClassVar, Protocol

from services.notify.messages.letters import Letter
from shared.languages import Language


class Undelivered(Exception):
    """The channel did not take the message"""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.reason, self.permanent = reason, permanent


class Contacts(Protocol):
    """Where a person can be reached, and in which language: the answer of the service that knows the person."""

    @property
    def language(self) -> Language: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def email(self) -> str | None: ...


@dataclass(frozen=True)
class Delivery:
    """A message on its way. `key` is the same for every try of one message: a provider that honours it delivers once,
    however often we ask."""

    key: uuid.UUID
    to: str
    language: Language
    letter: Letter


class Channel(Protocol):
    """A way to reach people. Its settings are its own, so that a channel is one file and a line in the registry."""

    name: ClassVar[str]
    """What the outbox, the feed and the API call it. Rows and events keep it, so it never changes."""

    paid: ClassVar[bool]
    """Whether each message costs money: they are counted, and too many of a day raise an alarm."""

    @classmethod
    def from_environment(cls) -> "Channel | None":
        """Return a client with its settings from the environment; None when it has none there, and is not in use.
        Raises Incomplete when it has only some."""
        ...

    def address_of(self, person: Contacts, region: str | None, /) -> str | None:
        """Return where this channel reaches a person on behalf of a region; None when it cannot, or may not."""
        ...

    async def send(self, delivery: Delivery) -> None:
        """Hand a message over; raises Undelivered."""
        ...

    async def close(self) -> None:
        """Close its connections."""
        ...

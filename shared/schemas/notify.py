"""The wire of `notify`: what was sent about what, without saying to whom."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.schemas.common import Wire

MessageKind = Literal[
    "verification",
    "confirmation",
    "moved",
    "reassigned",
    "displaced",
    "cancelled",
    "replaced",
    "reminder",
    "joined",
    "offered",
    "lost_link",
    "sign_in",
    "sign_in_warning",
    "budget",
    "region_budget",
    "grant",
    "consent",
]
# Open, so that a reader of before does not stop at a channel that was added since; the registry of `notify` owns them.
MessageChannel = Annotated[str, Field(description="how it is sent; others may come", examples=["sms", "email"])]
MessageState = Literal["due", "sent", "dropped", "failed"]


class Message(Wire):
    """A message in the outbox. `reason` says why one was dropped or failed."""

    id: UUID
    kind: MessageKind
    channel: MessageChannel
    subject: UUID
    state: MessageState
    due_at: AwareDatetime
    attempts: int
    reason: str | None


class Messages(Wire):
    items: list[Message]

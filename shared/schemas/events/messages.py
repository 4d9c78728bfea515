"""What became of a message."""

from uuid import UUID

from pydantic import Field

from shared.schemas import notify
from shared.schemas.events.base import PREFIX, RecordEvent


class MessageEvent(RecordEvent):
    """A message of the outbox has ended. `about` is the appointment, waitlist entry or sign-in that it is about."""

    kind: notify.MessageKind
    channel: notify.MessageChannel
    about: UUID = Field(alias="subject")


class MessageSent(MessageEvent):
    """A message was accepted by its channel."""

    type = PREFIX + "message.sent"


class MessageDropped(MessageEvent):
    """A message was no longer worth sending."""

    type = PREFIX + "message.dropped"


class MessageFailed(MessageEvent):
    """A message could not be sent, and is not tried again."""

    type = PREFIX + "message.failed"

"""The registry of channels: one file for each way to reach people. A new one is its file and a name in CHANNELS."""

from services.notify.channels.email import Email
from services.notify.channels.protocol import Channel
from services.notify.channels.sms import Sms

CHANNELS: tuple[type[Channel], ...] = (Sms, Email)


def channel_names() -> list[str]:
    """Return the channels on which messages are planned."""
    return [channel.name for channel in CHANNELS]


def open_channels() -> dict[str, Channel]:
    """Return a client for each channel, by its name; raises pydantic's ValidationError when settings are missing."""
    return {channel.name: channel.from_environment() for channel in CHANNELS}

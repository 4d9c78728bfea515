"""The registry of channels: one file for each way to reach people. A new one is its file and a name in CHANNELS."""

from services.notify.channels.email import Email
from services.notify.channels.protocol import Channel
from services.notify.channels.settings import Incomplete
from services.notify.channels.sms import Sms

__all__ = ["CHANNELS", "Channel", "Incomplete", "open_channels"]

CHANNELS: tuple[type[Channel], ...] = (Sms, Email)


def open_channels() -> dict[str, Channel]:
    """Return a client for each channel that has its settings, by its name; raises Incomplete when one has only some of
    them, or when none has any."""
    opened = {channel.name: client for channel in CHANNELS if (client := channel.from_environment())}
    if not opened:
        raise Incomplete("nobody can be reached: neither e-mail (VUORO_NOTIFY_SMTP_…) nor SMS (VUORO_NOTIFY_TWILIO_…)")
    return opened

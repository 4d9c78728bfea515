"""The mails and SMS that have been received."""

import datetime as dt
import json
from pathlib import Path
from typing import Literal, TypedDict


class Attachment(TypedDict):
    """A file that came with a mail."""

    filename: str
    content_type: str
    content: str


class Mail(TypedDict):
    """A mail or an SMS. An SMS has no subject."""

    key: str
    received_at: str
    channel: Literal["email", "sms"]
    sender: str
    to: str
    subject: str
    text: str
    attachments: list[Attachment]


def received(channel: Literal["email", "sms"], *, key: str, sender: str, to: str, text: str) -> Mail:
    """Return a message that comes now, without a subject."""
    return {
        "key": key,
        "received_at": dt.datetime.now(dt.UTC).isoformat(),
        "channel": channel,
        "sender": sender,
        "to": to,
        "subject": "",
        "text": text,
        "attachments": [],
    }


class Mailbox:
    """What has been received, oldest first; kept in a file of JSON lines."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = path.read_text().splitlines() if path.exists() else []
        self.mails: list[Mail] = [json.loads(line) for line in lines]
        self._keys = {mail["key"] for mail in self.mails}

    def receive(self, mail: Mail) -> None:
        """Keep a message, unless one came under the same key before: that is a retry."""
        if mail["key"] in self._keys:
            return
        self._keys.add(mail["key"])
        self.mails.append(mail)
        with self._path.open("a") as lines:
            lines.write(json.dumps(mail) + "\n")

    def newest_first(self, to: str | None) -> list[Mail]:
        """Return what came for somebody, or for everybody."""
        return [mail for mail in reversed(self.mails) if to is None or mail["to"] == to]

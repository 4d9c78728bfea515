"""The SMTP server's side of the mailbox."""

import email
import email.policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession

from deploy.local.mailbox.mails import Attachment, Mail, Mailbox, received


class Receiver:
    """The handler that aiosmtpd calls."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, _server: SMTP, _session: SmtpSession, envelope: Envelope) -> str:
        """Keep a mail. Its Message-ID is the key, which a sender that retries sends again."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self._mailbox.receive(mail_of(message))
        return "250 kept"


def mail_of(message: EmailMessage) -> Mail:
    """Return what is kept of a mail: its headers, its plain text and its attachments."""
    body = message.get_body(("plain",))
    mail = received(
        "email",
        key=str(message["Message-ID"]),
        sender=str(message["From"]),
        to=str(message["To"]),
        text=body.get_content() if body else "",
    )
    return {**mail, "subject": str(message["Subject"]), "attachments": _attachments(message)}


def _attachments(message: EmailMessage) -> list[Attachment]:
    return [
        {
            "filename": str(part.get_filename()),
            "content_type": part.get_content_type(),
            "content": part.get_content(),
        }
        for part in message.iter_attachments()
        if isinstance(part, EmailMessage)
    ]

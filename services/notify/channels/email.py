"""E-mail, through any SMTP server (RFC 5321)."""

import datetime as dt
import uuid
from email.message import EmailMessage
from email.utils import format_datetime

import aiosmtplib

from services.notify.channels import Undelivered
from services.notify.settings import Settings

SECONDS = 20


async def send(
    settings: Settings,
    *,
    key: uuid.UUID,
    to: str,
    language: str,
    subject: str,
    text: str,
    calendar: bytes | None,
    method: str,
) -> None:
    """Send one message, with a calendar attachment (RFC 6047) if there is one. Its Message-ID is the key."""
    message = EmailMessage()
    domain = settings.sender.rpartition("@")[2]
    message["Message-ID"] = f"<{key}@{domain}>"
    message["Date"] = format_datetime(dt.datetime.now(dt.UTC))
    message["From"], message["To"], message["Subject"] = settings.sender, to, subject
    message["Content-Language"] = language
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    if calendar is not None:
        message.add_attachment(
            calendar, "text", "calendar", filename="vuoro.ics", params={"method": method, "charset": "utf-8"}
        )
    password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
    try:
        await aiosmtplib.send(
            message,
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_username,
            password=password,
            start_tls=settings.smtp_starttls,
            timeout=SECONDS,
        )
    except aiosmtplib.SMTPRecipientsRefused as refused:
        codes = [recipient.code for recipient in refused.recipients]
        raise Undelivered("the address was refused", permanent=all(code >= 500 for code in codes)) from None
    except aiosmtplib.SMTPResponseException as error:
        # Refusals of the sender or of our sign-in are mistakes in the settings, which somebody will mend.
        permanent = isinstance(error, aiosmtplib.SMTPDataError) and error.code >= 500
        raise Undelivered(f"SMTP {error.code}", permanent=permanent) from None
    except ValueError:  # an address or a header that cannot be written
        raise Undelivered("the message cannot be written", permanent=True) from None
    except (aiosmtplib.SMTPException, OSError) as error:
        raise Undelivered(type(error).__name__, permanent=False) from None

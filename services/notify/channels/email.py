"""E-mail, through any SMTP server (RFC 5321)."""

import datetime as dt
from email.message import EmailMessage
from email.utils import format_datetime
from typing import ClassVar

import aiosmtplib
from pydantic import Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import SettingsConfigDict

from services.notify.channels.protocol import Contacts, Delivery, Undelivered
from services.notify.channels.settings import read_settings
from shared.plain_text import on_one_line
from shared.settings import FromEnvironment

SECONDS = 20


class EmailSettings(FromEnvironment):
    """From the environment: `VUORO_NOTIFY_SMTP_…`, and the sender."""

    model_config = SettingsConfigDict(env_prefix="VUORO_NOTIFY_SMTP_")

    host: str
    port: int = 587
    username: str | None = None
    password: SecretStr | None = None
    starttls: bool = True
    sender: str = Field(validation_alias="VUORO_NOTIFY_SENDER", description="the address that messages come from")

    @model_validator(mode="after")
    def _whole_sign_in(self) -> "EmailSettings":
        if (self.username is None) != (self.password is None):
            name = "PASSWORD" if self.password is None else "USERNAME"
            raise PydanticCustomError("sign_in", f"VUORO_NOTIFY_SMTP_{name} is missing")
        return self


class Email:
    """The SMTP client of one process. A connection is opened for each message, and closed after it."""

    name: ClassVar[str] = "email"
    paid: ClassVar[bool] = False

    def __init__(self, settings: EmailSettings) -> None:
        self._settings = settings

    @classmethod
    def from_environment(cls) -> "Email | None":
        """Return a client with its settings from the environment; None when there are none. Raises Incomplete."""
        settings = read_settings(EmailSettings)
        return cls(settings) if settings else None

    def address_of(self, person: Contacts, _region: str | None, /) -> str | None:
        """Return the person's e-mail address."""
        return person.email

    async def send(self, delivery: Delivery) -> None:
        """Hand a message to the SMTP server; raises Undelivered."""
        try:
            await self._hand_over(written(delivery, self._settings.sender))
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

    async def _hand_over(self, message: EmailMessage) -> None:
        settings = self._settings
        await aiosmtplib.send(
            message,
            hostname=settings.host,
            port=settings.port,
            username=settings.username,
            password=settings.password.get_secret_value() if settings.password else None,
            start_tls=settings.starttls,
            timeout=SECONDS,
        )

    async def close(self) -> None:
        """Do nothing: no connection outlives its message."""


def written(delivery: Delivery, sender: str) -> EmailMessage:
    """Return the message as RFC 5322 has it, its Message-ID the key; raises ValueError for a header that cannot be."""
    letter = delivery.letter
    message = EmailMessage()
    message["Message-ID"] = f"<{delivery.key}@{sender.rpartition('@')[2]}>"
    message["Date"] = format_datetime(dt.datetime.now(dt.UTC))
    message["From"], message["To"], message["Subject"] = sender, delivery.to, on_one_line(letter.subject)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office reply, please
    message.set_content(letter.text)
    if letter.calendar is not None:  # RFC 6047; its method must be the one inside it
        calendar_type = {"method": letter.method, "charset": "utf-8"}
        message.add_attachment(letter.calendar, "text", "calendar", filename="vuoro.ics", params=calendar_type)
    # Last, since setting a content clears all headers that begin with "Content-".
    message["Content-Language"] = delivery.language
    return message

"""SMS, through Twilio's Messages resource (POST /2010-04-01/Accounts/{sid}/Messages.json)."""

import asyncio
import contextvars
import uuid
from typing import ClassVar

from aiohttp import ClientError
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from services.notify.channels.protocol import Contacts, Delivery, Undelivered
from services.notify.channels.settings import read_settings
from shared.sms_countries import SmsCountries

SECONDS = 20
TWILIO = "https://api.twilio.com"
# Twilio's package has no argument for a header of ours, so the key travels beside the call.
_key: contextvars.ContextVar[uuid.UUID] = contextvars.ContextVar("key")


class SmsSettings(SmsCountries):
    """From the environment: `VUORO_NOTIFY_TWILIO_…`."""

    model_config = SettingsConfigDict(env_prefix="VUORO_NOTIFY_TWILIO_")

    account_sid: str
    auth_token: SecretStr
    sender: str = Field(
        validation_alias="VUORO_NOTIFY_TWILIO_FROM", description="the number or sender name that SMS come from"
    )
    url: str = Field(TWILIO, description="where Twilio's REST API is; a stand-in in local use")


class _TwilioHttp(AsyncTwilioHttpClient):  # type: ignore[misc]
    """Twilio's own client, with the message's key in a header and, in local use, a stand-in's address."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    async def request(
        self, method: str, url: str, *given: object, headers: dict[str, str] | None = None, **named: object
    ) -> Response:
        """Send one HTTP request; Twilio's package calls it with the headers by name."""
        keyed = {**(headers or {}), "Idempotency-Key": str(_key.get())}
        return await super().request(method, url.replace(TWILIO, self._url, 1), *given, headers=keyed, **named)


class Sms:
    """The Twilio client of one process."""

    name: ClassVar[str] = "sms"
    paid: ClassVar[bool] = True

    def __init__(self, settings: SmsSettings) -> None:
        self._http = _TwilioHttp(settings.url)
        token = settings.auth_token.get_secret_value()
        self._client = Client(settings.account_sid, token, http_client=self._http)
        self._sender = settings.sender
        self._countries: SmsCountries = settings

    @classmethod
    def from_environment(cls) -> "Sms | None":
        """Return a client with its settings from the environment; None when there are none. Raises Incomplete."""
        settings = read_settings(SmsSettings)
        return cls(settings) if settings else None

    def address_of(self, person: Contacts, region: str | None, /) -> str | None:
        """Return the person's phone number, if SMS of the region go to it."""
        return person.phone if person.phone and self._countries.takes_sms(person.phone, region) else None

    async def send(self, delivery: Delivery) -> None:
        """Hand a message to Twilio; raises Undelivered."""
        _key.set(delivery.key)
        try:
            async with asyncio.timeout(SECONDS):  # Twilio's asynchronous client heeds no timeout of its own
                await self._client.messages.create_async(to=delivery.to, from_=self._sender, body=delivery.letter.short)
        except TwilioRestException as error:
            # 400 is about the message; 401, 403 and 404 are mistakes in the settings that somebody will mend.
            permanent = error.status == 400
            raise Undelivered(f"Twilio {error.code or error.status}", permanent=permanent) from None
        except (TimeoutError, ClientError, OSError) as error:
            raise Undelivered(type(error).__name__, permanent=False) from None

    async def close(self) -> None:
        """Close its connections."""
        await self._http.close()

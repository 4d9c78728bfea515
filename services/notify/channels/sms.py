"""SMS, through Twilio's Messages resource (POST /2010-04-01/Accounts/{sid}/Messages.json)."""

import contextvars
import uuid
from typing import Any

from aiohttp import ClientError
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from services.notify.channels import Undelivered
from services.notify.settings import Settings

SECONDS = 20
TWILIO = "https://api.twilio.com"
_key: contextvars.ContextVar[uuid.UUID] = contextvars.ContextVar("key")


class _Http(AsyncTwilioHttpClient):  # type: ignore[misc]
    """Twilio's own client, with the message's key in a header and, in local use, a stand-in's address."""

    def __init__(self, url: str) -> None:
        super().__init__(timeout=SECONDS)
        self._url = url

    async def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        kwargs["headers"] = {**(kwargs.get("headers") or {}), "Idempotency-Key": str(_key.get())}
        return await super().request(method, url.replace(TWILIO, self._url, 1), *args, **kwargs)


class Sms:
    """The client of one process."""

    def __init__(self, settings: Settings) -> None:
        token = settings.twilio_auth_token.get_secret_value()
        self._http = _Http(settings.twilio_url)
        self._client = Client(settings.twilio_account_sid, token, http_client=self._http)
        self._from = settings.twilio_from

    async def send(self, *, key: uuid.UUID, to: str, text: str) -> None:
        """Send one message."""
        _key.set(key)
        try:
            await self._client.messages.create_async(to=to, from_=self._from, body=text)
        except TwilioRestException as error:
            # 400 is about the message; 401, 403 and 404 are mistakes in the settings that somebody will mend.
            permanent = error.status == 400
            raise Undelivered(f"Twilio {error.code or error.status}", permanent=permanent) from None
        except (TimeoutError, ClientError, OSError) as error:
            raise Undelivered(type(error).__name__, permanent=False) from None

    async def close(self) -> None:
        """Close its connections."""
        await self._http.close()

"""The stand-in for Twilio's Messages resource. A test compares it with what Twilio's own package expects."""

import datetime as dt
import secrets
from email.utils import format_datetime
from typing import Annotated

from fastapi import APIRouter, Form, Header
from fastapi.responses import JSONResponse

from deploy.local.mailbox.mails import Mailbox, received
from shared.contacts import phone

Fields = dict[str, str | int | dict[str, str] | None]


def messages_resource(mailbox: Mailbox) -> APIRouter:
    """Return the route that Twilio's client sends an SMS to."""
    routes = APIRouter()

    @routes.post("/2010-04-01/Accounts/{sid}/Messages.json")
    async def send(
        sid: str,
        to: Annotated[str, Form(alias="To")],
        sender: Annotated[str, Form(alias="From")],
        body: Annotated[str, Form(alias="Body")],
        idempotency_key: Annotated[str | None, Header()] = None,
    ) -> JSONResponse:
        if phone(to) is None:
            return JSONResponse(refusal(21211, f"Invalid 'To' Phone Number: {to}"), 400)
        key = idempotency_key or secrets.token_hex(16)
        mailbox.receive(received("sms", key=key, sender=sender, to=to, text=body))
        return JSONResponse(resource(sid, to, sender, body), 201)

    return routes


def resource(account: str, to: str, sender: str, body: str) -> Fields:
    """Return a Message as Twilio's API answers it (https://www.twilio.com/docs/messaging/api/message-resource)."""
    sid, now = "SM" + secrets.token_hex(16), format_datetime(dt.datetime.now(dt.UTC))
    uri = f"/2010-04-01/Accounts/{account}/Messages/{sid}"
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": body,
        "date_created": now,
        "date_sent": None,
        "date_updated": now,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": sender,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": None,
        "sid": sid,
        "status": "queued",
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": to,
        "uri": f"{uri}.json",
    }


def refusal(code: int, message: str) -> Fields:
    """Return an error as Twilio's API answers it (https://www.twilio.com/docs/api/errors)."""
    return {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": 400,
    }

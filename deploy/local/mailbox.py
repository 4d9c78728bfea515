"""A mailbox for `make run`: an SMTP server and a stand-in for Twilio's Messages resource receive what Vuoro sends, and
`/dev/mailbox` shows it. Like a good provider, it delivers once what comes twice under the same key.

`python -m deploy.local.mailbox`, with VUORO_LISTEN_PORT, VUORO_SMTP_PORT and VUORO_MAILBOX (a file) in the environment.
"""

import asyncio
import datetime as dt
import email
import email.policy
import html
import json
import os
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Annotated, Any

from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from fastapi import FastAPI, Form, Header, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from shared.contacts import phone
from shared.serving import serve

Mail = dict[str, Any]


class Mailbox:
    """What has been received, oldest first; kept in a file of JSON lines."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = path.read_text().splitlines() if path.exists() else []
        self.mails: list[Mail] = [json.loads(line) for line in lines]
        self._by_key = {mail["key"]: mail for mail in self.mails}

    def receive(self, key: str, **mail: Any) -> Mail:
        """Keep a message, unless one came under the same key before; answers the one that is kept."""
        if key not in self._by_key:
            now = dt.datetime.now(dt.UTC).isoformat()
            self._by_key[key] = {"key": key, "received_at": now, **mail}
            self.mails.append(self._by_key[key])
            with self._path.open("a") as lines:
                lines.write(json.dumps(self._by_key[key]) + "\n")
        return self._by_key[key]


class Receiver:
    """The SMTP server's handler."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, _server: SMTP, _session: SmtpSession, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain",))
        self._mailbox.receive(
            str(message["Message-ID"]),
            channel="email",
            sender=str(message["From"]),
            to=str(message["To"]),
            subject=str(message["Subject"]),
            text=body.get_content() if body else "",
            attachments=[
                {
                    "filename": part.get_filename(),
                    "content_type": part.get_content_type(),
                    "content": part.get_content(),
                }
                for part in message.iter_attachments()
            ],
        )
        return "250 kept"


def create_app(mailbox: Mailbox, smtp_port: int) -> FastAPI:
    """The stand-in for Twilio, the page, and the SMTP server beside them."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(Receiver(mailbox), loop=loop), "127.0.0.1", smtp_port)
        async with server:
            yield

    app = FastAPI(lifespan=lifespan, openapi_url=None)

    @app.post("/2010-04-01/Accounts/{sid}/Messages.json")
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
        mailbox.receive(key, channel="sms", sender=sender, to=to, subject="", text=body, attachments=[])
        return JSONResponse(resource(sid, to, sender, body), 201)

    @app.get("/dev/mailbox")
    async def page(request: Request, to: str | None = None) -> Response:
        mails = [mail for mail in reversed(mailbox.mails) if to is None or mail["to"] == to]
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse(mails)
        return HTMLResponse(PAGE.format(mails="".join(map(article, mails)) or "<p>Nothing has come yet.</p>"))

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    return app


def resource(account: str, to: str, sender: str, body: str) -> dict[str, Any]:
    """A Message as Twilio's API answers it (https://www.twilio.com/docs/messaging/api/message-resource)."""
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


def refusal(code: int, message: str) -> dict[str, Any]:
    """An error as Twilio's API answers it (https://www.twilio.com/docs/api/errors)."""
    return {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": 400,
    }


PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Local mailbox</title>
<style>
body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 1rem auto; padding: 0 1rem }}
article {{ border: 1px solid #777; border-radius: .5rem; padding: 1rem; margin: 1rem 0 }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; font: inherit }} h2 {{ font-size: 1.1rem; margin: 0 }}
</style>
<main><h1>Local mailbox</h1>
<p>What Vuoro has sent on this machine. Nothing leaves it. Newest first.</p>
{mails}</main></html>
"""


def linked(text: str) -> str:
    """The text for HTML, its addresses as links."""
    return re.sub(r"https?://[^\s<]+", lambda match: f'<a href="{match[0]}">{match[0]}</a>', html.escape(text))


def article(mail: Mail) -> str:
    """A message, for the page."""
    heading = html.escape(f"{mail['channel']} to {mail['to']}: {mail['subject']}".rstrip(": "))
    attached = "".join(
        f"<details><summary>{html.escape(str(part['filename']))}</summary><pre>{html.escape(part['content'])}</pre></details>"
        for part in mail["attachments"]
    )
    moment = html.escape(mail["received_at"])
    return f"<article><h2>{heading}</h2><p>{moment}</p><pre>{linked(mail['text'])}</pre>{attached}</article>"


if __name__ == "__main__":
    serve(create_app(Mailbox(Path(os.environ["VUORO_MAILBOX"])), int(os.environ["VUORO_SMTP_PORT"])))

"""The mailbox's app: the stand-in for Twilio, the page, and the SMTP server beside them."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiosmtpd.smtp import SMTP
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from deploy.local.mailbox.mails import Mailbox
from deploy.local.mailbox.page import mailbox_page
from deploy.local.mailbox.smtp import Receiver
from deploy.local.mailbox.twilio import messages_resource


def create_app() -> FastAPI:
    """Return the app with the settings of the environment: VUORO_MAILBOX (a file) and VUORO_SMTP_PORT."""
    return create_mailbox_app(Mailbox(Path(os.environ["VUORO_MAILBOX"])), int(os.environ["VUORO_SMTP_PORT"]))


def create_mailbox_app(mailbox: Mailbox, smtp_port: int) -> FastAPI:
    """Return the app, which listens for SMTP at `smtp_port` as long as it is served."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(Receiver(mailbox), loop=loop), "127.0.0.1", smtp_port)
        async with server:
            yield

    app = FastAPI(lifespan=lifespan, openapi_url=None)
    app.include_router(messages_resource(mailbox))
    app.include_router(_pages(mailbox))
    return app


def _pages(mailbox: Mailbox) -> APIRouter:
    routes = APIRouter()

    @routes.get("/dev/mailbox")
    async def page(request: Request, to: str | None = None) -> Response:
        mails = mailbox.newest_first(to)
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse(mails)
        return HTMLResponse(mailbox_page(mails))

    @routes.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    return routes

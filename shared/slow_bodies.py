"""A request whose body does not come within a while is ended, so that whoever trickles holds no connection for long."""

import asyncio

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.answers import answer
from shared.problems import TooSlow

SECONDS = 15.0


class SlowBodies:
    """ASGI middleware: a body that is not there after `SECONDS` is answered 408 (RFC 9110 section 15.5.9)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and see that its body comes in time."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(Headers(scope=scope), receive, send)
        await self._app(scope, body.receive, body.send)
        if body.is_late and not body.is_answered:
            await answer(Request(scope), TooSlow())(scope, receive, send)


class _Body:
    """A request's body on its way, and whether it has been answered."""

    def __init__(self, headers: Headers, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._deadline = asyncio.get_running_loop().time() + SECONDS
        # RFC 9112 section 6.3: without either of them there is no body.
        self._is_whole = headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers
        self.is_late = self.is_answered = False

    async def receive(self) -> Message:
        """Return what comes next. When it is late, that is as if the caller had gone."""
        if self._is_whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            self.is_late = True
            return {"type": "http.disconnect"}
        self._is_whole = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        """Send on what is answered, unless it is only that the body could not be read."""
        if not self.is_answered:
            await self._let_it_come()
        if self.is_late and not self.is_answered:
            return
        self.is_answered = True
        await self._send(message)

    async def _let_it_come(self) -> None:
        """Wait for what the app has not read, since it needs no body to refuse: the connection would stand open for it
        after the answer, for as long as it comes."""
        while not (self._is_whole or self.is_late):
            await self.receive()

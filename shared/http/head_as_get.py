"""HEAD wherever GET is."""

from starlette.types import ASGIApp, Receive, Scope, Send

CAME_AS_HEAD = "vuoro.head"  # of a scope: whoever asks wants no body


class HeadAsGet:
    """ASGI middleware: HEAD is answered as GET; the server sends no body (RFC 9110 section 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        # A copy: by the method that came, the server knows that it sends no body.
        as_get = {**scope, "method": "GET", CAME_AS_HEAD: True}
        await self._app(as_get, receive, send)
        scope["route"] = as_get.get("route")  # for the log

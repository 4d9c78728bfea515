"""The headers that every answer of a service has: who may keep it, what it depends on, and that it is what it says; and
what is left of the limits that its request was counted under."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.allowances import Header, note_allowances, told

CREDENTIALS = frozenset({b"authorization", b"manage-token"})
NO_SNIFFING: Header = (b"x-content-type-options", b"nosniff")
# The language of a problem, and what is shown to whom (RFC 9110 section 12.5.5).
VARY: Header = (b"vary", b"Accept-Language, Authorization, Manage-Token")
# RFC 9111 section 5.2.2: what is public may be kept, and is asked about each time; anything else is kept by nobody.
ASK_AGAIN: Header = (b"cache-control", b"no-cache")
KEEP_NOT: Header = (b"cache-control", b"no-store")


class AnswerHeaders:
    """ASGI middleware: puts those headers on. A route that says itself how long its answer is good is believed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the answer back with the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_public, allowances = _asks_for_what_is_public(scope), note_allowances(scope)

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                known = message.get("headers", ())
                message["headers"] = [*known, *_missing(message, is_public), *told(allowances, message["status"])]
            await send(message)

        await self._app(scope, receive, add)


def _asks_for_what_is_public(scope: Scope) -> bool:
    """Whether a request only reads, and shows nothing by which anybody could be known."""
    return scope["method"] in {"GET", "HEAD"} and not any(name in CREDENTIALS for name, _value in scope["headers"])


def _missing(message: Message, is_public: bool) -> list[Header]:
    if any(name == b"cache-control" for name, _value in message.get("headers", ())):
        return [NO_SNIFFING, VARY]
    return [NO_SNIFFING, VARY, ASK_AGAIN if is_public and message["status"] < 400 else KEEP_NOT]

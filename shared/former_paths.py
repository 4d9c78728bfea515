"""Paths that have a new name answer under the former one for a while, with a Deprecation header (RFC 9745)."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True)
class Renamed:
    """Patterns of a service's former paths and their successors, as `re.sub` takes them; `since` is when they were
    renamed."""

    since: dt.date
    paths: Mapping[str, str]


class FormerPaths:
    """ASGI middleware: a request for a former path is handled as one for its successor, and its answer says so."""

    def __init__(self, app: ASGIApp, renamed: Renamed) -> None:
        self.app = app
        self.renamed = [(re.compile(former), successor) for former, successor in renamed.paths.items()]
        at = dt.datetime.combine(renamed.since, dt.time(), dt.UTC)
        self.deprecation = f"@{int(at.timestamp())}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        successor = self._successor(scope["path"]) if scope["type"] == "http" else None
        if successor is None:
            await self.app(scope, receive, send)
            return

        # A path is decoded when it comes here, and may hold anything; a header and a raw path may not (RFC 3986).
        raw = quote(successor, safe="/:@!$&'()*+,;=")

        async def deprecated(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Deprecation"] = self.deprecation
                headers.append("Link", f'<{raw}>; rel="successor-version"')
            await send(message)

        await self.app({**scope, "path": successor, "raw_path": raw.encode()}, receive, deprecated)

    def _successor(self, path: str) -> str | None:
        for former, successor in self.renamed:
            if former.fullmatch(path):
                return former.sub(successor, path)
        return None

"""Paths that have a new name answer under the former one for a year. Their answers say so, by Deprecation (RFC 9745)
and Sunset (RFC 8594)."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import format_datetime
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ANSWERED_FOR = dt.timedelta(days=365)  # as docs/integrating.md promises


@dataclass(frozen=True)
class Renamed:
    """Patterns of a service's former paths and their successors, as `re.sub` takes them; `since` is when they were
    renamed."""

    since: dt.date
    paths: Mapping[str, str]

    @property
    def until(self) -> dt.date:
        """The day from which the former paths may answer no more."""
        return self.since + ANSWERED_FOR


class FormerPaths:
    """ASGI middleware: a request for a former path is handled as one for its successor, and its answer says so."""

    def __init__(self, app: ASGIApp, renamed: Renamed) -> None:
        self.app = app
        self.renamed = [(re.compile(former), successor) for former, successor in renamed.paths.items()]
        self.deprecation = f"@{int(_midnight(renamed.since).timestamp())}"
        self.sunset = format_datetime(_midnight(renamed.until), usegmt=True)

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
                headers["Sunset"] = self.sunset
                headers.append("Link", f'<{raw}>; rel="successor-version"')
            await send(message)

        as_successor = {**scope, "path": successor, "raw_path": raw.encode()}
        await self.app(as_successor, receive, deprecated)
        scope["route"] = as_successor.get("route")  # for the log

    def _successor(self, path: str) -> str | None:
        for former, successor in self.renamed:
            if former.fullmatch(path):
                return former.sub(successor, path)
        return None


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)

"""Which methods an address has: for `Allow`, and for OPTIONS."""

from collections.abc import Iterator, Sequence

from fastapi.routing import RouteContext, iter_route_contexts
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

READ = frozenset({"GET", "HEAD"})


def routes_at(routes: Sequence[BaseRoute], path: str) -> Iterator[RouteContext]:
    """Yield the routes whose pattern fits `path`, whatever their methods."""
    return (route for route in iter_route_contexts(routes) if route.path_regex.match(path))


def allowed_methods(routes: Sequence[BaseRoute], path: str) -> str:
    """Return the methods that `path` has, as `Allow` names them (RFC 9110 section 10.2.1); empty when there is no such
    path. Each method is a route of its own, so the router itself knows of one only."""
    found: set[str] = set()
    for route in routes_at(routes, path):
        found |= route.methods or READ  # a folder of files has none of its own
    if "GET" in found:
        found.add("HEAD")
    return ", ".join(sorted(found | {"OPTIONS"})) if found else ""


class Options:
    """ASGI middleware: OPTIONS says what may be done at an address (RFC 9110 section 9.3.7)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        if scope["type"] == "http" and scope["method"] == "OPTIONS":
            methods = allowed_methods(scope["app"].routes, scope["path"])
            if methods:
                await Response(status_code=204, headers={"Allow": methods})(scope, receive, send)
                return
        await self._app(scope, receive, send)

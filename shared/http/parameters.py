"""A query parameter that a route does not know is refused, as an unknown field of a body is: a filter that is silently
ignored would answer with what was not asked for. So is NUL in one, which no text of the database can have."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from pydantic import BaseModel
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.http.answers import answer
from shared.http.methods import routes_at
from shared.problems import fields_problem

Known = frozenset[str]
NUL = b"%00"


class KnownParameters:
    """ASGI middleware: answers a request with an unknown parameter, or NUL in one, as a problem, before its route is
    asked."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._of_fixed_paths: Mapping[tuple[str, str], Known | None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or pass it on."""
        if scope["type"] == "http" and scope["query_string"]:
            request = Request(scope)
            wrong = _unwritable(request) or self._unknown(request)
            if wrong:
                problem = fields_problem({f"/{name}": kind for name, kind in wrong.items()})
                await answer(request, problem)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _unknown(self, request: Request) -> dict[str, str]:
        known = self._known(request.app.routes, request.method, request.url.path)
        return {name: "extra_forbidden" for name in request.query_params if known is not None and name not in known}

    def _known(self, routes: Sequence[BaseRoute], method: str, path: str) -> Known | None:
        """Return what the route knows; None when there is no such route, or it refuses by itself."""
        if self._of_fixed_paths is None:
            self._of_fixed_paths = _of_fixed_paths(routes)
        if (method, path) in self._of_fixed_paths:  # found without a look at each route: searches come by here
            return self._of_fixed_paths[method, path]
        fitting = (route for route in routes_at(routes, path) if method in (route.methods or ()))
        return next((_parameters(route) for route in fitting), None)


def _unwritable(request: Request) -> dict[str, str]:
    if NUL not in request.scope["query_string"]:  # searches come by here
        return {}
    return {name: "control_characters" for name, value in request.query_params.multi_items() if "\0" in name + value}


def _of_fixed_paths(routes: Sequence[BaseRoute]) -> dict[tuple[str, str], Known | None]:
    found: dict[tuple[str, str], Known | None] = {}
    for route in iter_route_contexts(routes):
        if route.path and "{" not in route.path:
            found |= {(method, route.path): _parameters(route) for method in route.methods or ()}
    return found


def _parameters(route: RouteContext) -> Known | None:
    if not isinstance(route.original_route, APIRoute):
        return None
    if "parameters" in (route.openapi_extra or {}):  # read by `shared.query`, which refuses by itself
        return None
    return frozenset(_of(route.dependant))


def _of(dependant: Dependant) -> set[str]:
    own = chain.from_iterable(_names(each.alias, each.field_info.annotation) for each in dependant.query_params)
    return set(own).union(*map(_of, dependant.dependencies))


def _names(name: str, model: object) -> Iterator[str]:
    """Yield the name of a parameter, or those of the several that a model has."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        yield from (field.alias or own for own, field in model.model_fields.items())
    else:
        yield name

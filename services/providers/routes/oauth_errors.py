"""Errors of OAuth's own routes, as OAuth's own clients read them (RFC 6749 section 5.2)."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from services.providers.problems import InvalidClient, InvalidRequest
from shared.audit.refusals import write_refusal
from shared.http.answers import answer
from shared.problems import Problem
from shared.schemas.people import OAuthError

OAUTH_ERRORS: dict[int | str, dict[str, object]] = {
    400: {"model": OAuthError, "description": "RFC 6749 section 5.2"},
    401: {"model": OAuthError, "description": "`invalid_client`"},
}
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class OAuthRoute(APIRoute):
    """A route whose errors are those of RFC 6749. They are problems as well, for whoever reads these."""

    def get_route_handler(self) -> Handler:
        """Return what answers a request."""
        handle = super().get_route_handler()

        async def handle_and_explain(request: Request) -> Response:
            try:
                return await handle(request)
            except (RequestValidationError, HTTPException):  # a form that cannot be read, or is not complete
                return _explained(request, InvalidRequest())
            except InvalidClient as unknown:
                await write_refusal(request, unknown, "sign-in-refused")
                return _explained(request, unknown)
            except Problem as problem:
                return _explained(request, problem)

        return handle_and_explain


def _explained(request: Request, problem: Problem) -> Response:
    """Return the answer to a request that failed."""
    if "error" not in problem.extensions:  # nothing that OAuth has a word for, such as a database that is away
        return answer(request, problem)
    problem.extensions["error_description"] = problem.detail  # in ASCII, so in English
    return answer(request, problem, media_type="application/json")  # its clients know no other

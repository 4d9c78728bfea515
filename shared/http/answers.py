"""Problems as HTTP answers: what went wrong in a request, whoever found it, leaves the service as a problem."""

import logging
from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.advice import ADVICE, OTHERWISE
from shared.http.methods import allowed_methods
from shared.problems import InvalidInput, Malformed, MethodNotAllowed, NotFound, Problem
from shared.schemas.common import FieldError
from shared.texts import language_of

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"


def from_validation(error: RequestValidationError) -> Problem:
    """Return the problem that FastAPI's findings about a request make. The rejected values themselves are left out."""
    findings = error.errors()
    if any(finding["type"] in {"json_invalid", "json_type"} for finding in findings):
        return Malformed()
    return InvalidInput(
        errors=[
            FieldError(
                pointer="/" + "/".join(str(step) for step in finding["loc"][1:]),
                detail=ADVICE.get(finding["type"], OTHERWISE),
            )
            for finding in findings
        ]
    )


def answer(request: Request, problem: Problem, media_type: str = MEDIA_TYPE) -> JSONResponse:
    """Return the HTTP answer that carries `problem`."""
    language = language_of(request.headers.get("accept-language"))
    return JSONResponse(
        problem.document(language).model_dump(mode="json", exclude_none=True),
        status_code=problem.status,
        media_type=media_type,
        headers={**problem.headers, "Content-Language": language},
    )


def from_http(request: Request, error: HTTPException) -> Problem:
    """Return the problem for what the router itself refuses."""
    if error.status_code == 405:
        return MethodNotAllowed(headers={"Allow": allowed_methods(request.app.routes, request.url.path)})
    known: dict[int, type[Problem]] = {400: Malformed, 404: NotFound}
    return known.get(error.status_code, Problem)()


class Unforeseen:
    """ASGI middleware: logs what nobody foresaw and answers it. Starlette's own would raise it once more, at which the
    server closes the connection, and the gateway's next request on it, somebody else's, would fail."""

    def __init__(self, app: ASGIApp, answer: Callable[[Request], Response]) -> None:
        self.app, self.answer = app, answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watch(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception:
            if scope["type"] != "http" or begun:
                raise
            log.exception("unforeseen")
            await self.answer(Request(scope))(scope, receive, send)


def install(app: FastAPI) -> None:
    """Have `app` answer every error as a problem. What nobody foresaw is logged by its type and answered as a 500."""

    @app.exception_handler(Problem)
    async def _problem(request: Request, error: Problem) -> JSONResponse:
        return answer(request, error)

    @app.exception_handler(RequestValidationError)
    async def _validation(request: Request, error: RequestValidationError) -> JSONResponse:
        return answer(request, from_validation(error))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        return answer(request, from_http(request, error))

    @app.exception_handler(ClientDisconnect)
    async def _gone(request: Request, _error: ClientDisconnect) -> JSONResponse:
        # Nobody reads it; it is for the log, as what FastAPI answers when it reads the body itself.
        return answer(request, Malformed())

    app.add_middleware(Unforeseen, answer=lambda request: answer(request, Problem()))

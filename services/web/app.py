"""The app of `web`."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from services.web import catalogue, view
from services.web.pages import account, citizen, points, sign_in, tutor, waiting
from services.web.session import SignedOut
from services.web.settings import Settings
from services.web.view import redirect
from shared import telemetry
from shared.clients import Refused
from shared.problems import InvalidInput, NotFound, Problem, Unforeseen, from_http
from shared.schemas.common import Health
from shared.texts import language_of
from shared.tls import tls_context

# No script runs but where a passkey is made or used, and nothing is loaded from elsewhere. A page's address may be
# somebody's key, so it is told to nobody.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


AGAIN = "again"
WITH_SCRIPT = {"/sign-in/passkey", "/account/passkey"}


def create_app() -> FastAPI:
    """The app."""
    settings = Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with httpx2.AsyncClient(verify=tls_context()) as http:
            app.state.http = http
            app.state.catalogue = catalogue.Catalogue(http, settings.providers_url)
            warming = asyncio.create_task(app.state.catalogue.keep_warm())
            yield
            warming.cancel()

    app = FastAPI(openapi_url=None, lifespan=lifespan, redirect_slashes=False)
    app.state.settings = settings
    app.include_router(citizen.routes)
    app.include_router(waiting.routes)
    app.include_router(points.routes)
    app.include_router(sign_in.routes)
    app.include_router(account.routes)
    app.include_router(tutor.routes)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    app.add_middleware(telemetry.RequestLog)
    app.middleware("http")(_guard)
    app.add_middleware(HeadAsGet)
    _answer_errors_with_pages(app)

    @app.get("/healthz")
    @app.get("/readyz")
    async def healthz() -> Health:
        return Health(status="ok")

    return app


class HeadAsGet:
    """ASGI middleware: HEAD is answered as GET; the server sends no body (RFC 9110 section 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on."""
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)


async def _guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse forms that another site posts in somebody's name, and put the headers on."""
    if request.method == "POST" and request.headers.get("sec-fetch-site", "same-origin") not in {
        "same-origin",
        "none",
    }:
        return Response("This form was sent from another site.", 403, media_type="text/plain")
    response = await call_next(request)
    for name, value in HEADERS.items():
        if not (name == "Cache-Control" and request.url.path.startswith("/static/")):
            response.headers[name] = value
    if request.url.path in WITH_SCRIPT:
        response.headers["Content-Security-Policy"] += "; script-src 'self'"
    if chosen := request.query_params.get("lang"):
        language = language_of(chosen)
        response.set_cookie("language", language, max_age=31_536_000, samesite="lax", httponly=True)
    return response


def _try_again(request: Request) -> Response:
    """What somebody may do has changed, so the token that says what it was is refused: the session gives a new one,
    once; else they sign in."""
    again = request.method == "GET" and "session" in request.cookies and AGAIN not in request.cookies
    answer = redirect(f"{request.url.path}?{request.url.query}" if again else "/sign-in")
    answer.delete_cookie("access")
    if again:
        answer.set_cookie(AGAIN, "1", max_age=5, httponly=True, samesite="lax")
    return answer


def _answer_errors_with_pages(app: FastAPI) -> None:
    @app.exception_handler(Refused)
    async def _refused(request: Request, error: Refused) -> Response:
        if error.problem.status == 401:
            return _try_again(request)
        return view.problem(request, error.problem)

    @app.exception_handler(SignedOut)
    async def _signed_out(_request: Request, _error: SignedOut) -> Response:
        return redirect("/sign-in")

    @app.exception_handler(Problem)
    async def _problem(request: Request, error: Problem) -> Response:
        return view.problem(request, error.document(view.language(request)))

    @app.exception_handler(ValidationError)  # of a body that a page was to send on
    async def _unusable(request: Request, _error: ValidationError) -> Response:
        return view.problem(request, InvalidInput().document(view.language(request)))

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        in_address = any(finding["loc"][0] == "path" for finding in error.errors())
        problem = NotFound() if in_address else InvalidInput()
        return view.problem(request, problem.document(view.language(request)))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        return view.problem(request, from_http(error).document(view.language(request)))

    app.add_middleware(
        Unforeseen, answer=lambda request: view.problem(request, Problem().document(view.language(request)))
    )

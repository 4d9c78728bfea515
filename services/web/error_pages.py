"""Errors as pages that a person can act on."""

from collections.abc import Sequence

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from services.web.cookies import delete_cookie, read_cookie, set_cookie
from services.web.forms.search import Search
from services.web.language import page_language
from services.web.login import ACCESS_COOKIE, Bound, SignedOut, is_signed_in
from services.web.unsure import unsure_page
from services.web.view import problem_page, redirect
from services.web.whom_to_call import Answering, who_answers
from shared.clients import Refused
from shared.http.answers import Unforeseen, from_http
from shared.problems import InvalidInput, NotFound, Problem, Unavailable

AGAIN_COOKIE, AGAIN_SECONDS = "again", 5
SIGN_IN = "/sign-in"  # who signs in has written nothing that could be saved or lost


def add_error_pages(app: FastAPI) -> None:
    """Answer every error with a page."""

    @app.exception_handler(Refused)
    async def _refused(request: Request, error: Refused) -> Response:
        return _renew_access(request) if error.problem.status == 401 else problem_page(request, error.problem)

    @app.exception_handler(SignedOut)
    async def _signed_out(_request: Request, _error: SignedOut) -> Response:
        return redirect(SIGN_IN)

    @app.exception_handler(Bound)
    async def _bound(_request: Request, _error: Bound) -> Response:
        return redirect("/account/passkey")

    # A ValidationError is of a body that a page was to send on to a service.
    for kind in (Problem, ValidationError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _explain)
    app.add_middleware(Unforeseen, answer=lambda request: _page_of(request, Problem()))


async def _explain(request: Request, error: Exception) -> Response:
    problem = _problem_of(request, error)
    if not isinstance(problem, Unavailable):
        return _page_of(request, problem)
    if request.method == "POST" and not request.url.path.startswith(SIGN_IN):
        return await unsure_page(request)
    return _page_of(request, problem, await who_answers(request, Search.of(request.query_params).municipality))


def _page_of(request: Request, problem: Problem, to_call: Sequence[Answering] = ()) -> Response:
    shown = problem_page(request, problem.document(page_language(request)), to_call)
    shown.headers.update(problem.headers)
    return shown


def _problem_of(request: Request, error: Exception) -> Problem:
    match error:
        case Problem():
            return error
        case HTTPException():
            return from_http(request, error)
        case RequestValidationError() if _is_in_address(error):
            return NotFound()
    return InvalidInput()


def _is_in_address(error: RequestValidationError) -> bool:
    """Whether it is the path that cannot be read: then there is no such page."""
    return any(finding["loc"][0] == "path" for finding in error.errors())


def _renew_access(request: Request) -> Response:
    """Return to the same page with a new access token, once; to the sign-in when the login gives none. Called when what
    somebody may do has changed, so that the token they have is refused."""
    # The short-lived cookie stops a circle, when the new token is refused too. A form is not sent again by itself.
    again = request.method == "GET" and is_signed_in(request) and read_cookie(request, AGAIN_COOKIE) is None
    answer = redirect(f"{request.url.path}?{request.url.query}" if again else SIGN_IN)
    delete_cookie(request, answer, ACCESS_COOKIE)
    if again:
        set_cookie(request, answer, AGAIN_COOKIE, "1", max_age=AGAIN_SECONDS)
    return answer

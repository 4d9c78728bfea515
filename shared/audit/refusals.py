"""Who is refused is written into the audit log: who, whence, at which route and of which record or account. It says
nothing of what was sent."""

import logging

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from shared.addresses import address_of
from shared.audit.log import About, Action, Who, write_refused
from shared.auth import ANONYMOUS, find_caller
from shared.http.answers import answer
from shared.problems import Forbidden, NotYours, Problem, Unauthenticated

log = logging.getLogger(__name__)


def write_down_refusals(app: FastAPI) -> None:
    """Have `app` write down who is refused what they may not do or see."""
    for problem in (Forbidden, NotYours):
        write_down(app, problem, "refused")


def write_down(app: FastAPI, problem: type[Problem], action: Action) -> None:
    """Have `app` write down who meets a problem. It may say whose `account` it is about."""

    @app.exception_handler(problem)
    async def _written(request: Request, error: Problem) -> JSONResponse:
        await write_refusal(request, error, action)
        return answer(request, error)


async def write_refusal(request: Request, error: Problem, action: Action) -> None:
    """Write down who meets a problem."""
    try:
        await _write_entry(request, action, getattr(error, "account", None))
    except Exception:  # nothing was shown; the refusal stands
        log.exception("A refusal could not be written into the audit log")


async def _write_entry(request: Request, action: Action, account: About | None) -> None:
    try:
        caller = await find_caller(request)
    except Unauthenticated:  # of a token that is not good, nobody knows whose it is
        caller = ANONYMOUS
    if action == "refused" and caller.kind == "anonymous":  # there is nobody to name, and no end to them
        return
    who = Who(caller.named, address_of(request))
    route = f"{request.method} {request.scope['route'].path.rpartition('/v1')[2]}"
    told = account or About(str(request.path_params.get("id", "")), caller.region)
    async with request.app.state.pool.connection() as connection:
        await write_refused(connection, who, action, route, told)

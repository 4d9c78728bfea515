"""Logs: one JSON object a line, with the request's id. Never a path as called, a query, a body or a name:
a path may hold somebody's key, so the route's pattern is logged instead."""

import contextvars
import json
import logging
import sys
import time
import uuid
from collections.abc import Iterator
from functools import lru_cache
from types import TracebackType

from starlette.types import ASGIApp, Message, Receive, Scope, Send

request_id: contextvars.ContextVar[str | None] = contextvars.ContextVar("request_id", default=None)
log = logging.getLogger("vuoro.access")
encode = json.JSONEncoder(ensure_ascii=False).encode


class JsonLines(logging.Formatter):
    """A record as a line of JSON. Of an exception, its type and places: its text may quote what somebody wrote."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        message = record.getMessage()
        failure: dict[str, object] = {}
        if record.exc_info and record.exc_info[1] is not None:
            failure = _failure(record.exc_info[1])
            message = message.partition("\n")[0]  # asyncio puts the exception's text on the next lines
        line: dict[str, object] = {
            "time": _second_of(int(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message,
            "request_id": request_id.get(),
        }
        return encode(line | failure | getattr(record, "fields", {}))


@lru_cache(maxsize=8)
def _second_of(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(seconds))


def _failure(error: BaseException) -> dict[str, object]:
    """Return what may be logged of an exception: its type, its last places, and the types of what caused it."""
    causes = [type(cause).__name__ for cause in _causes(error)]
    described: dict[str, object] = {"exception": type(error).__name__, "at": _places_in(error.__traceback__)}
    return described | ({"caused_by": causes} if causes else {})


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield what caused `error`, the nearest first, as Python prints it: no context that `from None` has hidden."""
    seen = {id(error)}
    while True:
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if cause is None or id(cause) in seen:
            return
        seen.add(id(cause))
        yield cause
        error = cause


def _places_in(traceback: TracebackType | None) -> list[str]:
    """Return the innermost places of a traceback, the place of the failure last."""
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append(f"{code.co_filename.rpartition('/')[2]}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return frames[-6:]


def configure() -> None:
    """Send the logs of this process to standard output as JSON lines, without those that repeat each request."""
    # What no line of ours says, and each would take time to find out.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None  # so says the logging HOWTO: where in the code a line was logged is not looked for
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for noisy in ("httpx2", "httpcore2", "alembic", "uvicorn.access", "twilio", "mail.log"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


class RequestLog:
    """ASGI middleware: gives each request an id (the caller's X-Request-Id when it is a UUID) and logs its end."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500  # what an app that never answers amounts to
        token = request_id.set(_id_of(scope))

        async def record(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, record)
        finally:
            route = getattr(scope.get("route"), "path", "-")
            took = round((time.perf_counter() - started) * 1000, 1)
            if not route.endswith(("/healthz", "/readyz")):
                fields = {"method": scope["method"], "route": route, "status": status, "ms": took}
                log.info("request", extra={"fields": fields})
            request_id.reset(token)


def _id_of(scope: Scope) -> str:
    """Return the caller's request id, or a new one: whatever is no UUID could be anything, and is not repeated."""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            try:
                return str(uuid.UUID(value.decode("latin-1")))
            except ValueError:
                break
    return str(uuid.uuid4())

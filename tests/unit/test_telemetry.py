"""A log line says what went wrong and where, and never a value."""

import asyncio
import io
import json
import logging
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from shared import following, telemetry
from shared.db import Sessions
from shared.schemas.common import CloudEvent

pytestmark = pytest.mark.anyio
Lines = Callable[[], list[dict[str, Any]]]
SECRET = "Aili Mäkelä 040 685 404"


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What is logged, as it stands on standard output."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(telemetry.JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def fail_over_something() -> None:
    try:
        raise KeyError(SECRET)
    except KeyError as error:
        raise ValueError(SECRET) from error


def test_a_failure_is_told_by_its_type_and_place_and_so_is_what_caused_it(lines: Lines) -> None:
    try:
        fail_over_something()
    except ValueError:
        logging.getLogger("x").exception("It failed")
    (line,) = lines()
    assert (line["message"], line["level"], line["exception"]) == ("It failed", "error", "ValueError")
    assert line["at"][-1].startswith("test_telemetry.py:")
    assert line["at"][-1].endswith("fail_over_something")
    assert line["caused_by"] == ["KeyError"]
    assert SECRET not in json.dumps(line, ensure_ascii=False)


def test_a_cause_that_was_left_out_on_purpose_is_not_told(lines: Lines) -> None:
    try:
        try:
            raise KeyError(SECRET)
        except KeyError:
            raise ValueError(SECRET) from None
    except ValueError:
        logging.getLogger("x").exception("It failed")
    assert "caused_by" not in lines()[0]


def test_causes_in_a_circle_come_to_an_end(lines: Lines) -> None:
    first, second = KeyError(), ValueError()
    first.__cause__, second.__cause__ = second, first
    logging.getLogger("x").error("It failed", exc_info=first)
    assert lines()[0]["caused_by"] == ["ValueError"]


async def test_what_asyncio_says_of_a_lost_task_holds_no_value(lines: Lines) -> None:
    """Its message has the task with its exception, text and all, on a line of its own."""
    loop = asyncio.get_running_loop()
    error = RuntimeError(SECRET)
    loop.default_exception_handler({"message": "Task exception was never retrieved", "exception": error, "x": error})
    (line,) = lines()
    assert line["message"] == "Task exception was never retrieved"
    assert line["exception"] == "RuntimeError"


async def test_a_reader_whose_handler_fails_logs_where(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(*_: object, **__: object) -> int:
        raise KeyError(SECRET)

    async def stop(_seconds: float) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(following, "follow_once", failing)
    monkeypatch.setattr(asyncio, "sleep", stop)
    with pytest.raises(asyncio.CancelledError):
        await following.follow(Sessions(), "booking", NoFeed(), handle)
    (line,) = lines()
    assert line["level"] == "error"
    assert line["exception"] == "KeyError"
    assert line["at"][-1].endswith("failing")
    assert SECRET not in json.dumps(line, ensure_ascii=False)


class NoFeed:
    async def events(self, last_event_id: uuid.UUID | None, wait_seconds: int, /) -> list[CloudEvent]:
        raise NotImplementedError


async def handle(_session: object, _event: CloudEvent) -> None:
    raise NotImplementedError


async def requested(path: str, *headers: tuple[bytes, bytes], fail: bool = False) -> list[Message]:
    sent: list[Message] = []

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        scope["route"] = type("Route", (), {"path": path})
        if fail:
            raise KeyError(SECRET)
        await send({"type": "http.response.start", "status": 204, "headers": []})

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": f"/{SECRET}", "headers": list(headers)}
    await telemetry.RequestLog(app)(scope, receive, send)
    return sent


async def test_a_request_is_logged_by_the_pattern_of_its_route(lines: Lines) -> None:
    given = uuid.uuid4()
    await requested("/appointments/{id}", (b"x-request-id", str(given).encode()))
    (line,) = lines()
    assert (line["method"], line["route"], line["status"]) == ("GET", "/appointments/{id}", 204)
    assert line["request_id"] == str(given)
    assert SECRET not in json.dumps(line, ensure_ascii=False)


@pytest.mark.parametrize("header", [b"", b"x", SECRET.encode()])
async def test_a_request_id_that_is_no_uuid_is_not_repeated(lines: Lines, header: bytes) -> None:
    await requested("/x", (b"x-request-id", header))
    assert uuid.UUID(lines()[0]["request_id"]).version == 4


async def test_a_request_that_fails_is_logged_as_a_500(lines: Lines) -> None:
    with pytest.raises(KeyError):
        await requested("/x", fail=True)
    assert lines()[0]["status"] == 500


async def test_whether_it_lives_is_asked_too_often_to_be_logged(lines: Lines) -> None:
    assert await requested("/api/booking/healthz")
    assert lines() == []

"""What every service's app puts on its answers, without a database."""

import datetime as dt
import re
from collections.abc import AsyncIterator
from typing import Annotated

import httpx2
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import Response
from starlette.types import Message

import services.providers.problems  # noqa: F401
from deploy.gateway.replies import REFUSALS
from services.booking.problems import LimitReached
from shared.http.answers import install
from shared.http.install import install_inner, install_outer
from shared.http.methods import allowed_methods
from shared.http.paging import next_link
from shared.http.unattended import is_unattended
from shared.problems import Problem
from tests.conftest import ROOT

pytestmark = pytest.mark.anyio


def make_app() -> FastAPI:
    app, routes = FastAPI(), APIRouter(prefix="/v1")

    @routes.get("/things")
    async def things(limit: int = 1) -> int:
        return limit

    @routes.post("/things")
    async def add() -> None: ...

    @routes.get("/things/{id}")
    async def thing(id: int, request: Request) -> Response:
        return Response(headers={"Cache-Control": "max-age=60", **next_link(request, after="ä b")})

    @routes.get("/called")
    async def called(text: str) -> str:
        return text

    @routes.get("/broken")
    async def broken() -> None:
        raise ZeroDivisionError

    install(app)
    install_inner(app)
    install_outer(app)
    app.include_router(routes)
    return app


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(make_app()), base_url="http://x") as client:
        yield client


async def test_each_method_of_an_address_is_allowed(http: httpx2.AsyncClient) -> None:
    assert (await http.put("/v1/things")).headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert (await http.options("/v1/things/1")).headers["allow"] == "GET, HEAD, OPTIONS"
    assert allowed_methods(make_app().routes, "/v1") == ""


@pytest.mark.parametrize(
    ("query", "pointer"), [("text=a%00b", "/text"), ("text=a&%00=b", "/\0"), ("text=a&more=b", "/more")]
)
async def test_a_parameter_that_is_unknown_or_no_text_of_a_database_is_refused(
    http: httpx2.AsyncClient, query: str, pointer: str
) -> None:
    refused = await http.get(f"/v1/called?{query}")
    assert (refused.status_code, [each["pointer"] for each in refused.json()["errors"]]) == (422, [pointer])
    assert (await http.get("/v1/called?text=%25_%F0%9F%98%80")).json() == "%_😀"


async def test_a_caller_who_goes_while_sending_is_no_fault_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    """What a dependency reads of a body may end halfway; FastAPI answers the same of its own reading."""
    app, sent = FastAPI(), list[Message]()
    install(app)

    async def content(request: Request) -> bytes:
        return await request.body()

    @app.post("/things")
    async def add(_content: Annotated[bytes, Depends(content)]) -> None: ...

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app({"type": "http", "method": "POST", "path": "/things", "headers": [], "query_string": b""}, receive, send)
    assert sent[0]["status"] == 400
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_head_is_get(http: httpx2.AsyncClient) -> None:
    assert (await http.head("/v1/things")).status_code == 200


@pytest.mark.parametrize(
    ("path", "headers", "kept"),
    [
        ("/v1/things", {}, "no-cache"),
        ("/v1/things", {"Authorization": "Bearer x"}, "no-store"),
        ("/v1/things", {"Manage-Token": "x"}, "no-store"),
        ("/v1/things/1", {}, "max-age=60"),
        ("/v1/nothing", {}, "no-store"),
        ("/v1/broken", {}, "no-store"),
    ],
)
async def test_who_may_keep_an_answer(http: httpx2.AsyncClient, path: str, headers: dict[str, str], kept: str) -> None:
    answer = await http.get(path, headers=headers)
    assert answer.headers["cache-control"] == kept
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "Accept-Language" in answer.headers["vary"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/v1/things?limit=2", 200), ("/v1/things?limits=2", 422), ("/v1/things/1?limit=2", 422), ("/v1/no?x=1", 404)],
)
async def test_a_parameter_is_known_or_refused(http: httpx2.AsyncClient, path: str, status: int) -> None:
    assert (await http.get(path)).status_code == status


async def test_a_link_keeps_what_was_asked_and_is_encoded(http: httpx2.AsyncClient) -> None:
    app = make_app()

    @app.get("/linked")
    async def linked(request: Request) -> Response:
        return Response(headers=next_link(request, after="ä b"))

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://x") as client:
        assert (await client.get("/linked")).headers["link"] == '</linked?after=%C3%A4+b>; rel="next"'
    assert next_link(Request({"type": "http"}), after=None) == {}


def problems() -> list[type[Problem]]:
    found, known = [], [Problem]
    while known:
        found.append(known.pop())
        known += found[-1].__subclasses__()
    return found


def test_a_refusal_has_the_header_that_its_status_asks_for() -> None:
    """RFC 9110 sections 15.5.2, and 10.2.3 for those that pass by themselves; what is left of a limit is nothing, for
    as long as one is to wait (draft-ietf-httpapi-ratelimit-headers-10)."""
    for kind in problems():
        needed = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}.get(kind.status)
        if needed is not None:
            assert made(kind).headers[needed], kind
        if kind.status == 429:
            headers = made(kind).headers
            assert re.fullmatch(rf'"[a-z]+";r=0;t={headers["Retry-After"]}', headers["RateLimit"]), kind


def made(kind: type[Problem]) -> Problem:
    hour = dt.timedelta(hours=1)
    return LimitReached(1, hour, hour) if issubclass(kind, LimitReached) else kind()


def test_the_document_for_integrators_lists_every_refusal_under_its_status() -> None:
    elsewhere = {"import-running", "not-one-region", "foreign-form"}  # from terminals alone, and to pages
    text = (ROOT / "docs/integrating.md").read_text().partition("## Refusals")[2]
    rows = re.findall(r"^\| (\d{3}) \| (.*?) \|", text, re.MULTILINE)
    listed = {(int(status), slug) for status, named in rows for slug in re.findall(r"`([a-z-]+)`", named)}
    raised = {(kind.status, kind.slug) for kind in problems() if kind.slug not in elsewhere}
    assert raised | {(refusal.status, refusal.slug) for refusal in REFUSALS} == listed


def test_no_service_has_middleware_that_starts_a_task_for_each_request() -> None:
    """Starlette's BaseHTTPMiddleware, in whatever way it is asked for; searches and bookings come by here."""
    for path in [*(ROOT / "shared").rglob("*.py"), *(ROOT / "services/booking").rglob("*.py")]:
        assert "BaseHTTPMiddleware" not in path.read_text()
        assert '.middleware("http")' not in path.read_text()


@pytest.mark.parametrize(
    ("headers", "unattended"),
    [
        ({}, False),
        ({"user-agent": "Mozilla/5.0 (Linux; Android 12; CUBOT X30) AppleWebKit/537.36"}, False),
        ({"user-agent": "python-httpx/0.28"}, False),
        ({"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}, True),
        ({"user-agent": "Baiduspider"}, True),
        ({"sec-purpose": "prefetch"}, True),
        ({"sec-purpose": "prefetch;anonymous-client-ip"}, True),
    ],
)
def test_robots_and_pages_that_are_fetched_ahead_are_no_person(headers: dict[str, str], unattended: bool) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    assert is_unattended(Request({"type": "http", "method": "GET", "headers": raw})) is unattended

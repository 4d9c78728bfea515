"""A former path answers as its successor does, and says so."""

import datetime as dt

import pytest
from starlette.types import Message, Receive, Scope, Send

from shared.former_paths import FormerPaths, Renamed

pytestmark = pytest.mark.anyio
RENAMED = Renamed(
    since=dt.date(2026, 11, 26),
    paths={r"/v1/waiting(/.*)?": r"/v1/waitlist\1", r"/v1/(a|b)/([^/]+)/old": r"/v1/\1/\2/new"},
)


class App:
    """Keeps what it was asked, and answers with a header of its own."""

    def __init__(self) -> None:
        self.asked: list[Scope] = []

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        self.asked.append(scope)
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"link", b'<x>; rel="next"')]})
            await send({"type": "http.response.body", "body": b"answer"})


async def asked(path: str, kind: str = "http", **more: object) -> tuple[Scope, list[Message]]:
    app, sent = App(), list[Message]()

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {"type": kind, "path": path, "raw_path": path.encode(), "method": "POST", **more}
    await FormerPaths(app, RENAMED)(scope, receive, send)
    return app.asked[0], sent


def headers(message: Message) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in message["headers"]:
        found.setdefault(name.decode(), []).append(value.decode())
    return found


async def test_a_former_path_is_answered_by_its_successor_and_deprecated() -> None:
    scope, (start, body) = await asked("/v1/waiting/7", query_string=b"limit=2")
    assert (scope["path"], scope["raw_path"]) == ("/v1/waitlist/7", b"/v1/waitlist/7")
    assert (scope["method"], scope["query_string"]) == ("POST", b"limit=2")
    at = int(dt.datetime(2026, 11, 26, tzinfo=dt.UTC).timestamp())
    assert headers(start)["deprecation"] == [f"@{at}"]  # RFC 9745: a structured date
    assert headers(start)["sunset"] == ["Fri, 26 Nov 2027 00:00:00 GMT"]  # RFC 8594: an HTTP date
    assert body["body"] == b"answer"


async def test_a_link_that_the_answer_has_stays_beside_the_successor() -> None:
    _scope, (start, _body) = await asked("/v1/waiting")
    assert headers(start)["link"] == ['<x>; rel="next"', '</v1/waitlist>; rel="successor-version"']


async def test_groups_of_a_pattern_are_carried_over() -> None:
    assert (await asked("/v1/b/7/old"))[0]["path"] == "/v1/b/7/new"


@pytest.mark.parametrize("path", ["/v1/waitlist", "/v1/waitings", "/x/v1/waiting", "/v1/c/7/old", "/v1/a/7/8/old"])
async def test_any_other_path_is_left_alone(path: str) -> None:
    scope, (start, _body) = await asked(path)
    assert scope["path"] == path
    assert "deprecation" not in headers(start)


async def test_what_is_no_request_passes_through() -> None:
    scope, sent = await asked("/v1/waiting", kind="lifespan")
    assert (scope["path"], sent) == ("/v1/waiting", [])


@pytest.mark.parametrize(
    ("path", "quoted"),
    [
        ("/v1/waiting/\u20ac", "/v1/waitlist/%E2%82%AC"),
        ("/v1/a/\n/old", "/v1/a/%0A/new"),
        ('/v1/waiting/">,<http:evil>', "/v1/waitlist/%22%3E,%3Chttp:evil%3E"),
        ("/v1/b/x\r\nSet-Cookie:y/old", "/v1/b/x%0D%0ASet-Cookie:y/new"),
    ],
)
async def test_what_a_path_holds_stays_in_the_path(path: str, quoted: str) -> None:
    """Nothing of it becomes another header, another link or an error."""
    scope, (start, _body) = await asked(path, raw_path=b"")
    assert scope["raw_path"] == quoted.encode()
    assert headers(start)["link"][-1] == f'<{quoted}>; rel="successor-version"'

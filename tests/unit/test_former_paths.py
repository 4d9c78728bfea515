"""A request for a former path reaches its successor; others are left alone."""

import datetime as dt

import pytest
from starlette.types import Message, Receive, Scope, Send

from shared.former_paths import FormerPaths, Renamed

pytestmark = pytest.mark.anyio
RENAMED = Renamed(since=dt.date(2026, 11, 26), paths={r"/old/([^/]+)": r"/new/\1"})


async def asked(path: str, kind: str = "http") -> tuple[Scope, list[Message]]:
    """What reached the app, and what it answered."""
    reached: list[Scope] = []
    sent: list[Message] = []

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        reached.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": kind, "path": path, "raw_path": path.encode(), "query_string": b"a=b"}
    await FormerPaths(app, RENAMED)(scope, receive, send)
    return reached[0], sent


async def test_a_former_path_is_handled_as_its_successor_and_the_answer_says_so() -> None:
    scope, sent = await asked("/old/x")
    assert (scope["path"], scope["raw_path"], scope["query_string"]) == ("/new/x", b"/new/x", b"a=b")
    headers = dict(sent[0]["headers"])
    assert headers[b"deprecation"] == b"@1795651200"
    assert headers[b"link"] == b'</new/x>; rel="successor-version"'


@pytest.mark.parametrize("path", ["/new/x", "/old/x/y", "/other"])
async def test_other_paths_are_left_alone(path: str) -> None:
    scope, sent = await asked(path)
    assert (scope["path"], sent[0]["headers"]) == (path, [])

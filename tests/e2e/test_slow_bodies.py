"""Bodies that trickle: each is ended within a while, at the gateway and at a service alike."""

import asyncio
import time

import pytest

from tests.installation import Installation

pytestmark = [pytest.mark.anyio, pytest.mark.trials]
AT_ONCE = 40
MOST_SECONDS = 20  # 15, and a machine that is busy
PATHS = ("/api/booking/v1/appointments", "/api/providers/v1/oauth/token", "/api/notify/v1/x", "/sign-out")


async def trickle(port: int, path: str) -> tuple[float, bytes]:
    """Send a byte of a body a second; return after how many seconds it was ended, and what was answered."""
    started = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST {path} HTTP/1.1\r\nHost: vuoro\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    writer.write(head.encode())
    answered = b""
    while time.monotonic() - started < MOST_SECONDS:
        try:
            more = await asyncio.wait_for(reader.read(65536), 1)
        except TimeoutError:
            writer.write(b" ")
            continue
        except ConnectionError:
            break
        answered += more
        if not more:
            break
    writer.close()
    return time.monotonic() - started, answered


def port_of(installation: Installation, part: str) -> int:
    """Where a service listens."""
    child = installation.child(part)
    return next(int(each.laddr.port) for each in child.net_connections() if each.status == "LISTEN")


async def test_none_of_many_bodies_that_trickle_stands_open(installation: Installation) -> None:
    direct = [port_of(installation, f"services.{name} api") for name in ("booking", "providers", "notify", "web")]
    gateway = [(installation.port, path) for path in PATHS for _ in range(AT_ONCE // len(PATHS))]
    tried = [*gateway, *zip(direct, PATHS, strict=True)]
    found = await asyncio.gather(*(trickle(port, path) for port, path in tried))
    for (port, path), (seconds, answered) in zip(tried, found, strict=True):
        assert seconds < MOST_SECONDS, (port, path)
        assert answered.startswith(b"HTTP/1.1 408"), (port, path, answered[:200])
    assert b"urn:vuoro:problem:too-slow" in found[0][1]
    assert b"<h1>" in found[len(gateway) - 1][1]


async def test_a_long_poll_waits_longer_than_that(installation: Installation) -> None:
    """What is waited for after the body is the answer, which takes as long as it was asked to."""
    last = installation.http.get("/api/booking/v1/events", headers=installation.as_client()).json()[-1]["id"]
    query = {"lastEventId": last, "timeout": 17}
    started = time.monotonic()
    answer = installation.http.get("/api/booking/v1/events", params=query, headers=installation.as_client(), timeout=40)
    assert answer.status_code == 200
    assert time.monotonic() - started > 16 or answer.json()

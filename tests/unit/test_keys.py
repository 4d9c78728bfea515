"""The keys of access tokens."""

import asyncio
import datetime as dt
import json
import os
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from deploy.local.home import Home
from deploy.local.keys import rotate_issuer
from services.web.pages.passkeys import credential_of
from shared.keys import IssuerKeys, JwkSet, KeyRing, new_private_key
from tests.serving import serving


def put(folder: Path, name: str, seconds_ago: float) -> None:
    (folder / f"{name}.pem").write_bytes(new_private_key())
    there = time.time() - seconds_ago
    os.utime(folder / f"{name}.pem", (there, there))


def kids(ring: KeyRing) -> list[str]:
    return [str(key["kid"]) for key in ring.public()["keys"]]


def test_a_new_key_is_published_before_it_signs(tmp_path: Path) -> None:
    put(tmp_path, "issuer", 100)
    ring = KeyRing(tmp_path)
    put(tmp_path, "issuer-2", 1)
    assert (ring.current().kid, kids(ring)) == ("issuer", ["issuer", "issuer-2"])
    put(tmp_path, "issuer-2", 11)
    assert ring.current().kid == "issuer-2"


def test_an_only_key_signs_at_once_and_no_key_is_no_service(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no key"):
        KeyRing(tmp_path)
    put(tmp_path, "issuer", 0)
    assert KeyRing(tmp_path).current().kid == "issuer"


def test_a_folder_that_is_emptied_or_holds_what_is_no_key_is_as_it_was(tmp_path: Path) -> None:
    put(tmp_path, "issuer", 100)
    ring = KeyRing(tmp_path)
    (tmp_path / "junk.pem").write_text("junk")
    assert (ring.current().kid, kids(ring)) == ("issuer", ["issuer"])
    for file in tmp_path.glob("*.pem"):
        file.unlink()
    assert (ring.current().kid, kids(ring)) == ("issuer", ["issuer"])


def test_however_often_keys_change_what_was_signed_within_the_hour_stays_good(tmp_path: Path) -> None:
    home = Home(tmp_path, 8080)
    home.make_keys()
    now = dt.datetime.now(dt.UTC)
    first, gone = rotate_issuer(home.keys.issuer, now)
    assert gone == []
    second, gone = rotate_issuer(home.keys.issuer, now + dt.timedelta(microseconds=1))
    assert gone == []
    assert first != second
    ring = tmp_path / "keys" / "issuer"
    for file in ring.glob("*.pem"):
        os.utime(file, (time.time() - 4000, time.time() - 4000))
    _third, gone = rotate_issuer(home.keys.issuer, now + dt.timedelta(seconds=1))
    assert gone == ["issuer", first]


def test_a_home_whose_keys_were_half_made_is_completed(tmp_path: Path) -> None:
    home = Home(tmp_path, 8080)
    home.make_keys()
    kept = (tmp_path / "keys" / "issuer" / "issuer.pem").read_bytes()
    (tmp_path / "keys" / "trusted.json").unlink()
    (tmp_path / "keys" / "booking.secret").unlink()
    home.make_keys()
    assert (tmp_path / "keys" / "trusted.json").exists()
    assert (tmp_path / "keys" / "booking.secret").exists()
    assert (tmp_path / "keys" / "issuer" / "issuer.pem").read_bytes() == kept


@pytest.mark.parametrize("text", ["", "x", "7", "[]", "[" * 19000, '{"a": "\\ud800"}', "null"])
def test_what_is_no_credential_is_nothing(text: str) -> None:
    assert credential_of(text) == {}


class Issuer(BaseHTTPRequestHandler):
    """Answers with its keys."""

    keys: ClassVar[JwkSet]

    def do_GET(self) -> None:
        content = json.dumps(self.keys).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_what: object) -> None:
        """Say nothing."""


@pytest.fixture
def issuer(tmp_path: Path) -> Iterator[str]:
    """The address of an issuer with one key, called `issuer`."""
    put(tmp_path, "issuer", 100)
    Issuer.keys = KeyRing(tmp_path).public()
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Issuer)) as server:
        yield f"http://127.0.0.1:{server.server_port}"


async def nothing_kept() -> JwkSet | None:
    return None


@pytest.mark.anyio
async def test_nobody_waits_for_what_is_kept_for_an_outage(issuer: str) -> None:
    may_be_written, kept = asyncio.Event(), list[JwkSet]()

    async def keep(found: JwkSet) -> None:
        await may_be_written.wait()
        kept.append(found)

    known = IssuerKeys(issuer, nothing_kept, keep)
    assert await asyncio.wait_for(known.get("issuer"), 5)
    assert kept == []
    may_be_written.set()
    assert known._keeping
    await known._keeping
    assert [key["kid"] for key in kept[0]["keys"]] == ["issuer"]


@pytest.mark.anyio
async def test_keys_that_cannot_be_kept_are_logged_and_used(issuer: str, caplog: pytest.LogCaptureFixture) -> None:
    async def keep(_found: JwkSet) -> None:
        raise KeyError

    known = IssuerKeys(issuer, nothing_kept, keep)
    assert await known.get("issuer")
    assert known._keeping
    await known._keeping
    [record] = [record for record in caplog.records if record.name == "shared.keys"]
    assert record.exc_info is not None

"""A PostgreSQL that is too old, by a server that begins as one does (its protocol, version 3) and says 16.4."""

import os
import socket
import socketserver
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.children import Failure
from deploy.local.databases import check_reachable
from deploy.local.home import Home
from deploy.local.postgres import Postgres
from shared.postgres_version import check_server
from tests.conftest import ROOT
from tests.serving import serving

ENCRYPTION = (80877103, 80877104)  # SSLRequest and GSSENCRequest


def message(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("!i", len(content) + 4) + content


class Old(socketserver.BaseRequestHandler):
    """Lets everybody in, says its version, and answers nothing after that."""

    request: socket.socket

    def handle(self) -> None:
        while self._startup() in ENCRYPTION:
            self.request.sendall(b"N")
        about = {"server_version": "16.4", "client_encoding": "UTF8", "server_encoding": "UTF8"}
        told = [message(b"S", f"{name}\0{value}\0".encode()) for name, value in about.items()]
        self.request.sendall(message(b"R", struct.pack("!i", 0)) + b"".join(told) + message(b"Z", b"I"))
        self.request.recv(100)

    def _startup(self) -> int:
        (length,) = struct.unpack("!i", self.request.recv(4))
        code: int = struct.unpack("!i", self.request.recv(length - 4)[:4])[0]
        return code


@pytest.fixture
def old() -> Iterator[str]:
    """The address of a database on it."""
    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Old)) as server:
        yield f"postgresql://x:hunter2@127.0.0.1:{server.server_address[1]}/x"


COMMANDS = [(service, command) for service in ("booking", "notify") for command in ("api", "worker", "migrate")]


@pytest.mark.parametrize(("service", "command"), [("providers", "api"), ("providers", "migrate"), *COMMANDS])
def test_a_service_says_so_in_one_sentence(old: str, tmp_path: Path, service: str, command: str) -> None:
    home = Home(tmp_path, 8080)
    home.make_keys()
    ports = dict.fromkeys(("providers", "booking", "notify", "smtp", "mailbox"), 1)
    environment = home.environment(ports, service) | {
        f"VUORO_{service.upper()}_DATABASE_URL": old,
        "VUORO_LISTEN_PORT": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", f"services.{service}", command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (
        1,
        f"The database of {service} cannot be used: it is PostgreSQL 16, and 18 or newer is needed.\n",
    )


def test_the_local_installation_says_so_too(old: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "VUORO_PROVIDERS_DATABASE_URL", old)
    with pytest.raises(Failure) as failure:
        check_reachable(Home(tmp_path, 8080))
    assert str(failure.value) == (
        "The database of providers cannot be used (VUORO_PROVIDERS_DATABASE_URL): it is PostgreSQL 16, and 18 or newer "
        "is needed."
    )


@pytest.mark.parametrize("url", ["postgresql://x@127.0.0.1:1/x", "mysql://x@y/z", "nothing"])
def test_a_server_that_is_away_or_none_is_not_too_old(url: str) -> None:
    check_server(url)


def test_the_server_of_these_tests_is_new_enough(postgres: Postgres) -> None:
    check_server(postgres.url("booking", "booking"))

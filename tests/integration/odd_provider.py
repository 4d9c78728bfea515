"""An identity provider that answers whatever a test says."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from services.providers.actions.identity_providers import IdentityProvider

DISCOVERY = "/.well-known/openid-configuration"


class Odd(ThreadingHTTPServer):
    """Answers every path with what it is told to."""

    answers: dict[str, bytes]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def provider(self) -> IdentityProvider:
        return IdentityProvider.model_validate(
            {"id": "odd", "name": "Odd", "region": "17", "email_domains": ["x.fi"], "issuer": self.address}
            | {"client_id": "vuoro", "client_secret": "x"}
        )

    def discovery(self, **changes: Any) -> bytes:
        says = {"issuer": self.address, "authorization_endpoint": f"{self.address}/a"}
        says |= {"token_endpoint": f"{self.address}/t", "jwks_uri": f"{self.address}/k"}
        return json.dumps({**says, **changes}).encode()


class Handler(BaseHTTPRequestHandler):
    server: Odd

    def do_GET(self) -> None:
        content = self.server.answers.get(self.path, b"{}")
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_what: object) -> None:
        """Say nothing."""

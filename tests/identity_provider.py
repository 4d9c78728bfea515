"""A municipality's identity provider for tests: `oidc-provider-mock`, a real OpenID Connect provider, as a process."""

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2

from deploy.local.home import free_ports
from tests.installation import ROOT, eventually

# Whom it knows: the demonstration's staff and coordinator, somebody whom the registry does not know, and two for whom
# it does not vouch.
PEOPLE = [
    {"sub": "desk", "email": "palvelupiste@vuoro.example", "email_verified": True},
    {"sub": "boss", "email": "koordinaattori@vuoro.example", "email_verified": True},
    {"sub": "stranger", "email": "stranger@vuoro.example", "email_verified": True},
    {"sub": "unverified", "email": "koordinaattori@vuoro.example", "email_verified": False},
    {"sub": "elsewhere", "email": "somebody@other.example", "email_verified": True},
]


class IdentityProvider:
    """The process, and the file that describes it to `providers`."""

    def __init__(self, folder: Path) -> None:
        ports = free_ports(["alive", "dead"])
        self.issuer = f"http://127.0.0.1:{ports['alive']}"
        self.described = folder / "providers.json"
        self.log = folder / "log"
        self._port = ports["alive"]
        common = {
            "region": "17",
            "email_domains": ["vuoro.example"],
            "client_id": "vuoro",
            "client_secret": "s/e:c ret",
        }
        self.described.write_text(
            json.dumps(
                [
                    {"id": "kuusamo", "name": "Kuusamo", "issuer": self.issuer, **common},
                    {"id": "helsinki", "name": "Helsinki", "issuer": self.issuer, **common, "region": "01"},
                    {"id": "away", "name": "Away", "issuer": f"http://127.0.0.1:{ports['dead']}", **common},
                ]
            )
        )

    def start(self) -> None:
        """Start it and wait until it answers."""
        people = [json.dumps(person) for person in PEOPLE]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.issuing_provider", str(self._port), *people],
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

        def answers() -> bool:
            try:
                return httpx2.get(f"{self.issuer}/.well-known/openid-configuration").status_code == 200
            except httpx2.HTTPError:
                return False

        eventually(answers)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)

    def sign_in(self, address: str, sub: str) -> dict[str, str]:
        """What somebody who signs in there comes back with."""
        answer = httpx2.post(address, data={"sub": sub})
        assert answer.status_code in {302, 303}, answer.text
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}

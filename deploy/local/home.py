"""The home of a local installation: its data, its keys, its logs, and who runs on it."""

import datetime as dt
import fcntl
import json
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from deploy.local.children import Failure
from deploy.local.postgres import Postgres

DATABASES = ("providers", "booking", "notify")
SIGNERS = ("providers", "booking", "notify")
SECRETS = ("providers", "booking")


@dataclass(frozen=True)
class Home:
    """Paths and addresses, from `VUORO_HOME` (by default `var`) and `VUORO_PORT` (by default 8080)."""

    path: Path
    port: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Home":
        """The home that the environment names."""
        text = environment.get("VUORO_PORT", "8080")
        if not text.isdigit() or not 0 < int(text) < 65536:
            raise Failure(f"VUORO_PORT is {text!r}; a port between 1 and 65535 is needed.")
        return cls(Path(environment.get("VUORO_HOME", "var")).resolve(), int(text))

    @property
    def gateway(self) -> str:
        """Where a browser finds it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def demo(self) -> Path:
        """Where a script finds how to begin."""
        return self.path / "demo.json"

    def lock(self) -> int:
        """Be the only one on this home, until the process ends."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise Failure(f"The home {self.path} cannot be used: {error.strerror}.") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(
                f"Vuoro is running on {self.path} already. Stop that one, or give this one its own "
                "VUORO_HOME and VUORO_PORT."
            ) from None
        return lock

    def is_running(self) -> bool:
        """Whether somebody holds the lock."""
        try:
            os.close(self.lock())
        except Failure:
            return True
        return False

    def check_port(self) -> None:
        """See that the gateway's port is free."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError:
                raise Failure(f"Port {self.port} is taken by another program. Set VUORO_PORT to a free one.") from None

    def make_keys(self) -> None:
        """Make the keys and secrets that are not there yet."""
        keys = self.path / "keys"
        ring = keys / "issuer"
        needed = [*(f"{name}.pem" for name in SIGNERS), *(f"{name}.secret" for name in SECRETS), "trusted.json"]
        if all((keys / name).exists() for name in needed) and any(ring.glob("*.pem")):
            return
        from shared.keys import SigningKey, new_private_key  # loaded once in a home's life: it costs a warm start 0.3 s

        ring.mkdir(mode=0o700, parents=True, exist_ok=True)
        keys.chmod(0o700)
        if (keys / "issuer.pem").exists():  # where the only one was once kept
            (keys / "issuer.pem").rename(ring / "issuer.pem")
        _write_once(ring / "issuer.pem", new_private_key())
        for name in SIGNERS:
            _write_once(keys / f"{name}.pem", new_private_key())
        for name in SECRETS:
            _write_once(keys / f"{name}.secret", secrets.token_hex(32).encode())
        public = [SigningKey.from_file(name, keys / f"{name}.pem").public_jwk() for name in SIGNERS]
        (keys / "trusted.json").unlink(missing_ok=True)
        _write_once(keys / "trusted.json", json.dumps({"keys": public}).encode())

    def rotate_key(self, now: dt.datetime) -> tuple[str, list[str]]:
        """Make a new key for access tokens; those that had a successor an hour ago have signed nothing that is still
        good, and go. Answers the names of the new one and of those that are gone."""
        from shared.keys import new_private_key

        ring = self.path / "keys" / "issuer"
        before = sorted(ring.glob("*.pem"), key=lambda file: file.stem)
        fresh = ring / f"issuer-{now:%Y%m%dT%H%M%S%f}.pem"
        _write_once(fresh, new_private_key())
        hour_ago = (now - dt.timedelta(hours=1)).timestamp()
        gone = [file for file, after in pairwise(before) if after.stat().st_mtime < hour_ago]
        for file in gone:
            file.unlink()
        return fresh.stem, [file.stem for file in gone]

    def database_url(self, service: str) -> str:
        """The address of a service's database: the environment's, else in the embedded server."""
        return os.environ.get(f"VUORO_{service.upper()}_DATABASE_URL") or Postgres(self.path).url(service, service)

    def embeds(self) -> list[str]:
        """The services whose databases are in the embedded server."""
        return [service for service in DATABASES if not os.environ.get(f"VUORO_{service.upper()}_DATABASE_URL")]

    def environment(self, ports: Mapping[str, int]) -> dict[str, str]:
        """What all services are told."""
        keys = self.path / "keys"
        told = {
            "VUORO_PUBLIC_URL": self.gateway,
            "VUORO_TRUSTED_KEYS": str(keys / "trusted.json"),
            "VUORO_PROVIDERS_ISSUER_KEYS": str(keys / "issuer"),
            "VUORO_NOTIFY_SENDER": "digituki@vuoro.example",
            "VUORO_NOTIFY_SMTP_HOST": "127.0.0.1",
            "VUORO_NOTIFY_SMTP_PORT": str(ports["smtp"]),
            "VUORO_NOTIFY_SMTP_STARTTLS": "false",
            "VUORO_NOTIFY_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "VUORO_NOTIFY_TWILIO_AUTH_TOKEN": "local",
            "VUORO_NOTIFY_TWILIO_FROM": "+358401234567",
            "VUORO_NOTIFY_TWILIO_URL": f"http://127.0.0.1:{ports['mailbox']}",
            "VUORO_MAILBOX": str(self.path / "mailbox.jsonl"),
            "VUORO_SMTP_PORT": str(ports["smtp"]),
        }
        told |= {f"VUORO_{name.upper()}_SIGNING_KEY": str(keys / f"{name}.pem") for name in SIGNERS}
        told |= {f"VUORO_{name.upper()}_SECRET": (keys / f"{name}.secret").read_text() for name in SECRETS}
        told |= {f"VUORO_{name.upper()}_URL": f"http://127.0.0.1:{ports[name]}" for name in DATABASES}
        # The environment wins, so that real SMTP or Twilio credentials are used when they are given.
        told |= {name: value for name, value in os.environ.items() if name.startswith("VUORO_")}
        told |= {f"VUORO_{name.upper()}_DATABASE_URL": self.database_url(name) for name in DATABASES}
        return os.environ | told


def _write_once(path: Path, content: bytes) -> None:
    if not path.exists():
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_bytes(content)
        fresh.rename(path)


def free_ports(names: list[str]) -> dict[str, int]:
    """Ports for what only the gateway calls. Below the range that outgoing connections take theirs from."""
    found: dict[str, int] = {}
    while len(found) < len(names):
        port = 20000 + secrets.randbelow(12000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in found.values():
            found[names[len(found)]] = port
    return found

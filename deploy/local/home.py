"""The home of a local installation: where its data, keys and logs are, who runs on it, and what its processes find in
their environment."""

import fcntl
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.children import Failure
from deploy.local.environment import told
from deploy.local.keys import SECRETS, SIGNERS, KeyFolder, owner_of
from deploy.local.postgres import Postgres

DATABASES = ("providers", "booking", "notify")


@dataclass(frozen=True)
class Home:
    """Paths and addresses, from `VUORO_HOME` (by default `var`) and `VUORO_PORT` (by default 8080)."""

    path: Path
    port: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Home":
        """Return the home that the environment names; raises `Failure`."""
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
        """Be the only one on this home, until the process ends. Return the open file; raises `Failure`."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
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
        """Whether somebody holds the lock. Looking makes nothing: nobody runs on a home that is not there."""
        try:
            if (self.path / "lock").exists():
                os.close(self.lock())
        except (Failure, PermissionError):
            return True
        return False

    def check_port(self) -> None:
        """Raise `Failure` when the gateway's port is taken."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError:
                raise Failure(f"Port {self.port} is taken by another program. Set VUORO_PORT to a free one.") from None

    def close(self) -> None:
        """Let nobody else read what is in it, whatever an older version left open: messages to people and logs."""
        (self.path / "log").mkdir(mode=0o700, exist_ok=True)
        (self.path / "log").chmod(0o700)
        for path in (*self.path.glob("log/*.log"), *self.path.glob("*.json*"), *self.path.glob("*.yaml")):
            path.chmod(0o600)

    @property
    def keys(self) -> KeyFolder:
        """Its keys and secrets."""
        return KeyFolder(self.path / "keys")

    def tombstones(self, service: str) -> Path:
        """Return the folder of a service's list of who was erased."""
        return self.path / "tombstones" / service

    def make_keys(self) -> None:
        """Make the keys and secrets that are not there yet."""
        self.keys.make()

    def database_url(self, service: str) -> str:
        """Return the address of a service's database: the environment's, else in the embedded server."""
        return os.environ.get(f"VUORO_{service.upper()}_DATABASE_URL") or Postgres(self.path).url(service, service)

    def owner_url(self, service: str) -> str:
        """Return the address of a service's database for the role that owns its tables: the one in the environment; for
        a database of one's own without one, the service's; else that in the embedded server."""
        if found := os.environ.get(f"VUORO_{service.upper()}_OWNER_DATABASE_URL"):
            return found
        if service not in self.embeds():
            return self.database_url(service)
        return Postgres(self.path).url(owner_of(service), service)

    def embeds(self) -> list[str]:
        """Return the services whose databases are in the embedded server."""
        return [service for service in DATABASES if not os.environ.get(f"VUORO_{service.upper()}_DATABASE_URL")]

    def environment(self, ports: Mapping[str, int], service: str) -> dict[str, str]:
        """Return the environment of a process of `service`, whose neighbours listen at `ports`: the settings that this
        service reads, and none of another's.

        What our own environment says wins, so that real SMTP or Twilio credentials are used when they are given.
        """
        databases = {f"VUORO_{name.upper()}_DATABASE_URL": self.database_url(name) for name in DATABASES}
        ours = self._keys_in_environment() | self._mail(ports) | _addresses(ports) | databases
        return told(service, ours | {name: value for name, value in os.environ.items() if name not in databases})

    def _keys_in_environment(self) -> dict[str, str]:
        keys = self.keys
        return {
            "VUORO_PUBLIC_URL": self.gateway,
            "VUORO_TRUSTED_KEYS": str(keys.trusted),
            "VUORO_PROVIDERS_ISSUER_KEYS": str(keys.issuer),
            **{f"VUORO_{name.upper()}_SIGNING_KEY": str(keys.signing_key(name)) for name in SIGNERS},
            **{f"VUORO_{name.upper()}_SECRET": keys.secret(name).read_text() for name in SECRETS},
            **{f"VUORO_{name.upper()}_TOMBSTONES": str(self.tombstones(name)) for name in SECRETS},
        }

    def _mail(self, ports: Mapping[str, int]) -> dict[str, str]:
        """Return what leads mails and SMS into the local mailbox."""
        return {
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


def _addresses(ports: Mapping[str, int]) -> dict[str, str]:
    return {f"VUORO_{name.upper()}_URL": f"http://127.0.0.1:{ports[name]}" for name in ("providers", "booking")}


def free_ports(names: list[str]) -> dict[str, int]:
    """Return a free port for each of `names`, below the range that outgoing connections take theirs from."""
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

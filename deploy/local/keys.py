"""The keys and secrets of a local installation, each in a file that its owner alone may read."""

import datetime as dt
import json
import secrets
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path


def owner_of(service: str) -> str:
    """Return the role of the embedded PostgreSQL that owns a service's tables; the service itself runs as another."""
    return f"{service}_owner"


SIGNERS = ("providers", "booking", "notify")
SECRETS = ("providers", "booking")
ROLES = tuple(role for service in SIGNERS for role in (service, owner_of(service)))
# How long a key is still known after its successor has come: longer than any access token that it signed is good for
# (`shared.keys.ACCESS_LIFETIME`), with time for clocks that differ.
GRACE = dt.timedelta(hours=1)


@dataclass(frozen=True)
class KeyFolder:
    """The folder `keys` of a home."""

    path: Path

    @property
    def issuer(self) -> Path:
        """The folder of the keys that sign access tokens; the last by name signs."""
        return self.path / "issuer"

    @property
    def trusted(self) -> Path:
        """The public keys of the services, by which they know each other's calls."""
        return self.path / "trusted.json"

    def signing_key(self, service: str) -> Path:
        """Return the private key that signs a service's own calls."""
        return self.path / f"{service}.pem"

    def secret(self, service: str) -> Path:
        """Return what a service derives its codes and citizens' keys from."""
        return self.path / f"{service}.secret"

    def password(self, role: str) -> Path:
        """Return the password of a role of the embedded PostgreSQL."""
        return self.path / f"{role}.password"

    def make_password(self, role: str) -> str:
        """Return the password of a role, made if there is none yet."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(self.password(role), secrets.token_hex(32).encode())
        return self.password(role).read_text()

    def make(self) -> None:
        """Make the keys and secrets that are not there yet."""
        if self._is_whole():
            return
        from shared.keys import new_private_key  # loaded once in a home's life: it costs a warm start 0.3 s

        self.issuer.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)
        if (self.path / "issuer.pem").exists():  # where the only one was once kept
            (self.path / "issuer.pem").rename(self.issuer / "issuer.pem")
        _write_once(self.issuer / "issuer.pem", new_private_key())
        for name in SIGNERS:
            _write_once(self.signing_key(name), new_private_key())
        for name in SECRETS:
            _write_once(self.secret(name), secrets.token_hex(32).encode())
        for name in ROLES:
            self.make_password(name)
        self._publish()

    def _is_whole(self) -> bool:
        needed = [*map(self.signing_key, SIGNERS), *map(self.secret, SECRETS), *map(self.password, ROLES), self.trusted]
        return all(path.exists() for path in needed) and any(self.issuer.glob("*.pem"))

    def _publish(self) -> None:
        from shared.keys import SigningKey

        public = [SigningKey.from_file(name, self.signing_key(name)).public_jwk() for name in SIGNERS]
        self.trusted.unlink(missing_ok=True)
        _write_once(self.trusted, json.dumps({"keys": public}).encode())


def rotate_issuer(folder: Path, now: dt.datetime) -> tuple[str, list[str]]:
    """Make a new key for access tokens, and delete those that had a successor an hour ago: what they signed is no
    longer good. Return the names of the new one and of those that are deleted."""
    from shared.keys import new_private_key

    before = sorted(folder.glob("*.pem"), key=lambda file: file.stem)
    fresh = folder / f"issuer-{now:%Y%m%dT%H%M%S%f}.pem"
    _write_once(fresh, new_private_key())
    long_ago = (now - GRACE).timestamp()
    old = [file for file, successor in pairwise(before) if successor.stat().st_mtime < long_ago]
    for file in old:
        file.unlink()
    return fresh.stem, [file.stem for file in old]


def _write_once(path: Path, content: bytes) -> None:
    """Write a file that is not there yet, whole or not at all: a start that is killed leaves no half key."""
    if not path.exists():
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_bytes(content)
        fresh.rename(path)

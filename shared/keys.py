"""Signing and verifying tokens: JWT (RFC 7519) with ES256, public keys as JWK Sets (RFC 7517).

Two kinds of signer are known. The issuer, `providers`, signs what people and API clients carry; its keys are fetched
from its JWKS and the last known ones are kept, so that an outage of the issuer stops nobody. Each service signs its
own calls to the others with its own key; those are known by configuration.
"""

import asyncio
import datetime as dt
import hashlib
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import httpx2
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from shared.tls import tls_context

ISSUER = "urn:vuoro:providers"
AUDIENCE = "urn:vuoro"
ALGORITHM = "ES256"
CALL_LIFETIME = dt.timedelta(minutes=1)
ACCESS_LIFETIME = dt.timedelta(minutes=15)
REFRESH_AFTER = dt.timedelta(minutes=5)
ASK_AGAIN_AFTER = dt.timedelta(seconds=5)
# A service asks for an unknown key at most this often, so it may have asked just before the key was there.
HEARD_OF_AFTER = 2 * ASK_AGAIN_AFTER

log = logging.getLogger(__name__)
Claim = object  # whatever JSON has
Jwk = dict[str, object]
JwkSet = dict[str, list[Jwk]]


def audience_of(service: str) -> str:
    """Return what a call to `service` names as its audience (RFC 7519 section 4.1.3)."""
    return f"{AUDIENCE}:{service}"


class SigningKey:
    """A private key with its name, and what it signs."""

    def __init__(self, kid: str, pem: bytes) -> None:
        key = serialization.load_pem_private_key(pem, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError("an elliptic-curve private key is needed")
        self.kid, self._key = kid, key

    @classmethod
    def from_file(cls, kid: str, path: Path) -> "SigningKey":
        """Return the key in the PEM file `path`; raises OSError and ValueError."""
        return cls(kid, path.read_bytes())

    def sign(
        self,
        issuer: str,
        subject: str,
        lifetime: dt.timedelta,
        claims: Mapping[str, Claim] | None = None,
        *,
        audience: str = AUDIENCE,
    ) -> str:
        """Return a signed token for `subject`, valid from now for `lifetime`; for all services, or one alone."""
        return self._sign(lifetime, {**(claims or {}), "iss": issuer, "sub": subject, "aud": audience})

    def sign_call(self, receiver: str) -> str:
        """Return a token by which the service whose key this is calls another, for that one alone."""
        # AUDIENCE beside it is for a receiver of the version before, of which one may run during an upgrade.
        audience = [audience_of(receiver), AUDIENCE]
        return self._sign(CALL_LIFETIME, {"iss": self.kid, "sub": self.kid, "aud": audience})

    def _sign(self, lifetime: dt.timedelta, claims: Mapping[str, Claim]) -> str:
        now = dt.datetime.now(dt.UTC)
        body = {
            **claims,
            "iat": now.timestamp(),  # with its fraction: what is revoked, and given anew, may be of one second
            "exp": now + lifetime,
        }
        return jwt.encode(body, self._key, algorithm=ALGORITHM, headers={"kid": self.kid})

    def public_jwk(self) -> Jwk:
        """Return the public half (RFC 7517)."""
        jwk = jwt.algorithms.ECAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {**jwk, "kid": self.kid, "use": "sig", "alg": ALGORITHM}


class KeyRing:
    """The issuer's private keys: the PEM files of a folder, each called as its file is. The one whose name sorts last
    signs, once the other services can have heard of it; all are published, so that what an older one signed stays good.
    The folder is looked at each time, so that a key can be put there while the service runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: list[tuple[float, SigningKey]] = []
        if not self._keys():
            raise ValueError(f"there is no key in {folder}")

    def _keys(self) -> list[tuple[float, SigningKey]]:
        """Return when each key was put there, and the key, in order of name. A folder that is empty, or holds what is
        no key, counts as it was before: a slip of an operator's hand must not stop the signing."""
        known = {key.kid: key for _since, key in self._known}
        try:
            found = []
            for file in sorted(self._folder.glob("*.pem"), key=lambda file: file.stem):
                key = known.get(file.stem) or SigningKey.from_file(file.stem, file)
                found.append((file.stat().st_mtime, key))
        except (OSError, ValueError):
            log.exception("The keys of access tokens cannot be read; the last known ones hold")
            found = []
        self._known = found or self._known
        return self._known

    def current(self) -> SigningKey:
        """Return the key to sign with now: the newest that the other services can have heard of."""
        keys = self._keys()
        heard_of = [key for since, key in keys if time.time() - since > HEARD_OF_AFTER.total_seconds()]
        return heard_of[-1] if heard_of else keys[0][1]

    def public(self) -> JwkSet:
        """Return the public halves of all keys (RFC 7517 section 5)."""
        return {"keys": [key.public_jwk() for _since, key in self._keys()]}


def hash_token(token: str) -> bytes:
    """Return how a random secret of 128 bits or more is kept: it needs no slow hash, since it cannot be guessed."""
    return hashlib.sha256(token.encode()).digest()


def new_private_key() -> bytes:
    """Return a fresh P-256 key in PEM."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


class IssuerKeys:
    """The issuer's public keys: fetched when a new one appears and every five minutes, kept for when it is away."""

    def __init__(
        self,
        url: str,
        load: Callable[[], Awaitable[JwkSet | None]],
        keep: Callable[[JwkSet], Awaitable[None]],
    ) -> None:
        self._url, self._load, self._keep = url, load, keep
        self._keys: dict[str, jwt.PyJWK] = {}
        self._asked = dt.datetime.min.replace(tzinfo=dt.UTC)
        self._lock = asyncio.Lock()
        self._asking: asyncio.Task[None] | None = None
        self._kept: JwkSet | None = None
        self._keeping: asyncio.Task[None] | None = None

    async def get(self, kid: str) -> jwt.PyJWK | None:
        """Return the key called `kid`; None when the issuer does not know it either."""
        if kid not in self._keys:
            await self._refresh(ASK_AGAIN_AFTER)
        elif self._age() > REFRESH_AFTER and not self._lock.locked():
            # A known key is used at once; whether it still holds is asked in the background.
            self._asking = asyncio.create_task(self._refresh(REFRESH_AFTER))
        return self._keys.get(kid)

    def _age(self) -> dt.timedelta:
        return dt.datetime.now(dt.UTC) - self._asked

    async def _refresh(self, after: dt.timedelta) -> None:
        """Fetch the keys unless that was done within `after`. Forged tokens name unknown keys: their number must not
        become the number of our requests to the issuer."""
        async with self._lock:
            if self._age() <= after:  # somebody else has just asked
                return
            self._asked = dt.datetime.now(dt.UTC)
            found = await self._fetched()
            # What is kept serves a process that starts while the issuer is away; one that runs has its own.
            if found is None and not self._keys:
                found = await self._load()
            if found is not None:
                self._keys = _by_name(found)

    async def _fetched(self) -> JwkSet | None:
        try:
            async with httpx2.AsyncClient(timeout=2, verify=tls_context()) as client:
                found: JwkSet = (await client.get(self._url)).raise_for_status().json()
            _by_name(found)  # what cannot be read is not kept
        except (httpx2.HTTPError, ValueError, jwt.PyJWTError):
            log.warning("The issuer's keys cannot be fetched; the last known ones hold", exc_info=True)
            return None
        if found != self._kept:
            # Beside the request, which may be a read: nobody's answer waits for what is kept for an outage.
            self._keeping = asyncio.create_task(self._keep_for_outages(found))
        return found

    async def _keep_for_outages(self, found: JwkSet) -> None:
        try:
            await self._keep(found)
        except Exception:  # whatever the database says, the keys themselves are known
            log.warning("The issuer's keys cannot be kept for when it is away", exc_info=True)
            return
        self._kept = found


def _by_name(keys: JwkSet) -> dict[str, jwt.PyJWK]:
    return {key.key_id or "": key for key in jwt.PyJWKSet.from_dict(keys).keys}


def trusted_keys(path: Path) -> dict[str, jwt.PyJWK]:
    """Return the other services' public keys, by service name; raises OSError and ValueError."""
    return _by_name(json.loads(path.read_text()))

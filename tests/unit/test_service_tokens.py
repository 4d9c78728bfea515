"""Tokens of services: each speaks for itself alone, to the one that it calls, for a few minutes."""

import datetime as dt
import time
from collections.abc import Mapping

import jwt
import pytest

from shared.auth import Verifier
from shared.keys import ALGORITHM, AUDIENCE, ISSUER, SigningKey, new_private_key
from shared.problems import Unauthenticated

pytestmark = pytest.mark.anyio
YEARS = 10 * 365 * 86400
MINUTE = 60.0


class TheIssuer:
    """The issuer, with one key."""

    def __init__(self, key: SigningKey) -> None:
        self.key = key

    async def get(self, kid: str) -> jwt.PyJWK | None:
        return jwt.PyJWK(self.key.public_jwk()) if kid == self.key.kid else None


class Signers:
    """Keys of two services and of the issuer, and `providers`, which is called."""

    def __init__(self) -> None:
        self.pems = {name: new_private_key() for name in ("booking", "notify", "issuer")}
        self.keys = {name: SigningKey(name, pem) for name, pem in self.pems.items()}
        public = {name: jwt.PyJWK(self.keys[name].public_jwk()) for name in ("booking", "notify")}
        self.providers = Verifier(TheIssuer(self.keys["issuer"]), public, "providers")

    def token(self, signer: str = "booking", /, **claims: object) -> str:
        """A token of booking for providers, a minute long, but for what is said otherwise."""
        now = time.time()
        body = {"iss": "booking", "sub": "booking", "aud": f"{AUDIENCE}:providers", "iat": now, "exp": now + MINUTE}
        return jwt.encode({**body, **claims}, self.pems[signer], algorithm=ALGORITHM, headers={"kid": signer})

    def access_token(self, age: float, lifetime: float) -> str:
        now = time.time()
        person = {"kind": "person", "region": "17", "iss": ISSUER, "sub": "x", "aud": AUDIENCE}
        return self.token("issuer", **person, iat=now - age, exp=now + lifetime)


def times(iat: float, exp: float) -> Mapping[str, object]:
    return {"iat": time.time() + iat, "exp": time.time() + exp}


@pytest.fixture
def signers() -> Signers:
    return Signers()


async def test_a_service_is_known_by_what_it_signs_itself(signers: Signers) -> None:
    token = signers.keys["booking"].sign_call("providers")
    assert (await signers.providers.principal(token)).named == "service:booking"
    said = jwt.decode(token, options={"verify_signature": False})
    assert said["exp"] - said["iat"] <= MINUTE + 1


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "notify"},
        {"iss": "notify"},
        {"iss": "notify", "sub": "notify"},
        {"iss": ISSUER, "kind": "person", "region": "17"},
        {"sub": "notify", "aud": AUDIENCE},
    ],
)
async def test_no_service_is_another(signers: Signers, claims: Mapping[str, object]) -> None:
    with pytest.raises(Unauthenticated):
        await signers.providers.principal(signers.token(**claims))


@pytest.mark.parametrize("audience", [f"{AUDIENCE}:booking", [f"{AUDIENCE}:booking", AUDIENCE], "urn:other", []])
async def test_a_token_for_another_service_is_refused(signers: Signers, audience: str | list[str]) -> None:
    with pytest.raises(Unauthenticated):
        await signers.providers.principal(signers.token(aud=audience))


async def test_a_token_that_one_receives_cannot_be_used_at_another(signers: Signers) -> None:
    with pytest.raises(Unauthenticated):
        await signers.providers.principal(signers.keys["notify"].sign_call("booking"))


async def test_one_of_the_version_before_is_understood_for_as_long_as_an_upgrade_takes(signers: Signers) -> None:
    assert (await signers.providers.principal(signers.token(aud=AUDIENCE))).id == "booking"


@pytest.mark.parametrize(("iat", "exp"), [(0, 60), (-270, YEARS), (20, 80), (-80, -20)])
async def test_a_young_token_is_good_though_clocks_differ(signers: Signers, iat: float, exp: float) -> None:
    assert (await signers.providers.principal(signers.token(**times(iat, exp)))).id == "booking"


@pytest.mark.parametrize(("iat", "exp"), [(-340, YEARS), (40, 100), (-100, -40), (-YEARS, YEARS)])
async def test_an_old_token_is_not_good_whatever_it_says(signers: Signers, iat: float, exp: float) -> None:
    with pytest.raises(Unauthenticated):
        await signers.providers.principal(signers.token(**times(iat, exp)))


async def test_an_access_token_is_good_for_a_quarter_of_an_hour_at_most(signers: Signers) -> None:
    quarter = dt.timedelta(minutes=15).total_seconds()
    assert (await signers.providers.principal(signers.access_token(quarter - 5, YEARS))).kind == "person"
    with pytest.raises(Unauthenticated):
        await signers.providers.principal(signers.access_token(quarter + 40, YEARS))

"""What is left to an address of what anybody may send to `providers`, as it is told by HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from shared import db
from tests.integration.odd_provider import DISCOVERY, Odd
from tests.integration.providers import ProvidersApp, running_app, seed_registry
from tests.integration.registry import KUUSAMO, address_of

pytestmark = pytest.mark.anyio
V1 = "/api/providers/v1"
PROPOSED = {"name": {"fi": "Koe"}, "kind": "association", "municipality": KUUSAMO, "email": "koe@example.fi"}


@pytest.fixture
async def app(
    providers_db: db.Sessions, odd: Odd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[ProvidersApp]:
    odd.answers = {DISCOVERY: odd.discovery()}
    await seed_registry(providers_db)
    async with running_app(address_of(providers_db), tmp_path, monkeypatch) as app:
        app.app.state.identity_providers = {"odd": odd.provider()}
        yield app


def left(answer: httpx2.Response) -> tuple[str, str]:
    assert answer.is_success, answer.text
    return answer.headers["RateLimit-Policy"], answer.headers["RateLimit"]


@pytest.mark.parametrize(
    ("path", "body", "most", "seconds"),
    [
        ("/sign-ins", {"contact": "pomo@example.fi"}, 100, 900),
        ("/passkeys/sign-ins", None, 100, 300),
        ("/single-sign-ons", {"provider": "odd"}, 100, 600),
        ("/organisations/registrations", PROPOSED, 10, 3600),
    ],
)
async def test_who_has_not_signed_in_hears_what_is_left_to_their_address(
    app: ProvidersApp, path: str, body: object, most: int, seconds: int
) -> None:
    for number in (1, 2):
        answer = await app.http.post(f"{V1}{path}", json=body)
        policy, limit = f'"address";q={most};w={seconds}', f'"address";r={most - number};t={seconds}'
        assert left(answer) == (policy, limit)


async def test_a_stranger_and_a_member_hear_the_same(app: ProvidersApp) -> None:
    """How often a code was asked for somebody would tell whether they have an account, or sign in just now."""
    heard = {}
    for number, contact in enumerate(("pomo@example.fi", "pomo@example.fi", "nobody@example.fi"), start=1):
        async with app.asked_from(f"192.0.2.{number}") as http:
            heard[number] = left(await http.post(f"{V1}/sign-ins", json={"contact": contact}))
    assert len(set(heard.values())) == 1

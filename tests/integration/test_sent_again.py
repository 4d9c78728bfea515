"""A POST of signing in or of API clients that is sent again under its key acts once: asked over HTTP, as callers do."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.providers.models import ApiClient, Challenge, SignIn, SingleSignOn
from shared import db
from tests.integration.odd_provider import DISCOVERY, Odd
from tests.integration.providers import ProvidersApp, SmallRegistry, running_app, seed_registry
from tests.integration.registry import address_of

pytestmark = pytest.mark.anyio
CLIENT = {"name": "Kuusamo", "region": "17", "scopes": ["events:read"]}
SENT = [
    pytest.param("/api-clients", CLIENT, ApiClient, id="a client"),
    pytest.param("/sign-ins", {"contact": "pomo@example.fi"}, SignIn, id="a code"),
    pytest.param("/passkeys/sign-ins", None, Challenge, id="a challenge to sign in"),
    pytest.param("/passkeys/challenges", None, Challenge, id="a challenge to add a passkey"),
    pytest.param("/single-sign-ons", {"provider": "odd"}, SingleSignOn, id="a single sign-on"),
]


async def sent(app: ProvidersApp, registry: SmallRegistry, path: str, body: object, key: str) -> dict[str, Any]:
    headers = app.coordinator(registry.coordinator) | {"Idempotency-Key": key}
    answer = await app.http.post(f"/api/providers/v1{path}", json=body, headers=headers)
    assert answer.status_code in {201, 202}, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(("path", "body", "model"), SENT)
async def test_what_is_sent_again_makes_one(
    providers_db: db.Sessions,
    odd: Odd,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    body: object,
    model: Any,
) -> None:
    odd.answers = {DISCOVERY: odd.discovery()}
    registry = await seed_registry(providers_db)
    async with running_app(address_of(providers_db), tmp_path, monkeypatch) as app:
        app.app.state.identity_providers = {"odd": odd.provider()}
        first, again, other = [await sent(app, registry, path, body, key) for key in ("a", "a", "b")]
    assert first["id"] == again["id"] != other["id"]
    async with db.transaction(providers_db) as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(model)) == 2


async def test_a_secret_that_is_asked_for_again_is_not_another(
    providers_db: db.Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = await seed_registry(providers_db)
    async with running_app(address_of(providers_db), tmp_path, monkeypatch) as app:
        made = await sent(app, registry, "/api-clients", CLIENT, "a")
        renew = f"/api-clients/{made['id']}/secret"
        first, again = [await sent(app, registry, renew, None, "b") for _ in range(2)]
    assert first["secret"] not in (None, made["secret"])
    assert again["secret"] is None

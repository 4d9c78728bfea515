"""Where a service point's details come from, and what its sources say that nobody reads."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from deploy.local.postgres import Postgres
from services.providers.actions.importing import import_kirkanta
from services.providers.models import ServicePoint
from shared import db
from tests.conftest import fresh_database
from tests.integration.providers import running_app, seed_registry

pytestmark = pytest.mark.anyio
LIBRARY = {
    "id": 1,
    "name": "Koekirjasto",
    "slogan": "Lue!",
    "address": {"street": "Tie 1", "city": "Kuusamo"},
    "primaryContactInfo": {"email": {"email": "ei sähköposti"}, "phoneNumber": {"number": "08 1"}},
    "schedules": [{"date": "2027-03-01", "times": [{"from": "10:00", "to": "15:00", "status": 3}]}],
}


async def test_the_provenance_of_a_point_tells_what_is_not_read(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = fresh_database(postgres, "providers")
    engine, sessions = db.connect(url)
    registry = await seed_registry(sessions)
    path = tmp_path / "kirkanta.json"
    path.write_text(json.dumps(LIBRARY), encoding="utf-8")
    async with db.transaction(sessions) as session:
        await import_kirkanta(session, where=str(path), start=lambda _total: lambda _done: None)
        point = (await session.scalars(sa.select(ServicePoint.id).where(ServicePoint.provenance != {}))).one()
    await engine.dispose()
    async with running_app(url, tmp_path, monkeypatch) as app:
        address = f"/api/providers/v1/service-points/{point}/provenance"
        assert (await app.http.get(address)).status_code == 401
        answer = (await app.http.get(address, headers=app.coordinator(registry.coordinator))).json()
        by_hand = f"/api/providers/v1/service-points/{registry.point}/provenance"
        empty = (await app.http.get(by_hand, headers=app.coordinator(registry.coordinator))).json()
    assert {field["source"] for field in answer["fields"].values()} == {"kirkanta"}
    [said] = answer["sources"]
    assert (said["source"], said["source_id"], said["fields"]["phone"]) == ("kirkanta", "1", "08 1")
    assert said["unread"] == ["email", "schedules of 2027-03-01", "slogan"]
    assert empty == {"fields": {}, "sources": []}

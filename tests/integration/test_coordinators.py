"""Who coordinates a region is told to notify, which writes to them of what concerns the whole region."""

from pathlib import Path

import pytest

from services.providers.actions.people import create_person
from shared import db
from shared.schemas.people import PersonInput, Role
from tests.integration.providers import running_app, seed_registry
from tests.integration.registry import address_of

pytestmark = pytest.mark.anyio


async def test_the_coordinators_of_a_region_are_those_of_the_whole_of_it_and_of_no_other(
    providers_db: db.Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = await seed_registry(providers_db)
    async with db.transaction(providers_db) as session:
        for region, role in (("19", Role(role="coordinator")), ("17", Role(role="sub_coordinator", sub_region="178"))):
            wanted = PersonInput(region=region, email=f"{role.role}@example.fi", language="sv", roles=[role])
            await create_person(session, wanted)
    async with running_app(address_of(providers_db), tmp_path, monkeypatch) as app:
        path = "/api/providers/v1/regions/{}/coordinators"
        here, there, nowhere = [
            (await app.http.get(path.format(region), headers=app.as_service("notify"))).json()["items"]
            for region in ("17", "19", "06")
        ]
        own = await app.http.get(path.format("17"), headers=app.coordinator(registry.coordinator))
    assert here == [{"id": str(registry.coordinator), "language": "fi", "email": "pomo@example.fi", "phone": None}]
    assert [(each["email"], each["language"]) for each in there] == [("coordinator@example.fi", "sv")]
    assert nowhere == []
    assert own.status_code == 403

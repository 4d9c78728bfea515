"""A service point's organisation lets another organisation's tutors help there: in the registry."""

import uuid
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.providers.actions.organisations import write_organisation
from services.providers.actions.service_points import write_service_point
from shared import db
from shared.audit.table import AuditEntry
from shared.auth import Principal
from shared.feed import Event
from shared.schemas import providers as wire
from tests.integration.apps import Headers
from tests.integration.providers import EDITOR, KUUSAMO, NAME, ProvidersApp, SmallRegistry, running_app, seed_registry
from tests.integration.registry import address_of

pytestmark = pytest.mark.anyio
ABROAD = Principal("client", "elsewhere", "01", scopes=frozenset({"registry:write"}))


async def an_organisation(sessions: db.Sessions, caller: Principal = EDITOR, place: str = KUUSAMO) -> uuid.UUID:
    wanted = wire.OrganisationInput(name=NAME, kind="association", municipality=place)
    async with db.transaction(sessions) as session:
        return await write_organisation(session, caller=caller, wanted=wanted)


async def told(sessions: db.Sessions) -> list[tuple[str, bool]]:
    """What the feed tells of consents, and whether that is for services alone."""
    async with db.transaction(sessions) as session:
        wanted = sa.select(Event.data, Event.internal).where(Event.type == "fi.vuoro.consent.changed")
        return [(str(data["status"]), internal) for data, internal in await session.execute(wanted.order_by(Event.seq))]


def manager(app: ProvidersApp, organisation: uuid.UUID) -> Headers:
    roles = [{"role": "manager", "organisation_id": str(organisation)}]
    return app.bearer(uuid.uuid4(), kind="person", roles=roles)


async def asked(app: ProvidersApp, method: str, registry: SmallRegistry, guest: object = "", **how: Any) -> Any:
    path = f"/api/providers/v1/service-points/{registry.point}/consents" + (f"/{guest}" if guest else "")
    return await app.http.request(method, path, headers=how.get("headers") or manager(app, registry.organisation))


async def test_a_consent_is_given_once_and_withdrawn(
    providers_db: db.Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, guest = await seed_registry(providers_db), await an_organisation(providers_db)
    async with running_app(address_of(providers_db), tmp_path, monkeypatch) as app:
        first, again = [await asked(app, "PUT", registry, guest) for _ in range(2)]
        assert (first.status_code, first.json()) == (200, again.json())
        assert (first.json()["organisation_id"], first.json()["status"]) == (str(guest), "allowed")
        assert [(await asked(app, "DELETE", registry, guest)).status_code for _ in range(2)] == [204, 204]
        (kept,) = (await asked(app, "GET", registry)).json()["items"]
        assert kept == first.json() | {"status": "withdrawn"}
    assert await told(providers_db) == [("allowed", False), ("withdrawn", False)]
    async with db.transaction(providers_db) as session:
        entries = sa.select(AuditEntry.action, AuditEntry.region).where(AuditEntry.record == kept["id"])
        assert [tuple(row) for row in await session.execute(entries.order_by(AuditEntry.id))] == [
            ("insert", "17"),
            ("update", "17"),
        ]


async def test_whom_nobody_has_allowed_can_be_told_so(
    providers_db: db.Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their hours may stand there from before the point or the tutor came to another organisation."""
    registry, guest = await seed_registry(providers_db), await an_organisation(providers_db)
    async with running_app(address_of(providers_db), tmp_path, monkeypatch) as app:
        assert (await asked(app, "DELETE", registry, guest)).status_code == 204
    assert await told(providers_db) == [("withdrawn", False)]


async def test_who_has_no_use_for_a_consent_is_refused(
    providers_db: db.Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = await seed_registry(providers_db)
    elsewhere = await an_organisation(providers_db, ABROAD, "091")
    async with running_app(address_of(providers_db), tmp_path, monkeypatch) as app:
        for method in ("PUT", "DELETE"):
            for guest in (registry.organisation, elsewhere, uuid.uuid4()):
                answer = await asked(app, method, registry, guest)
                assert (answer.status_code, answer.json()["type"]) == (422, "urn:vuoro:problem:invalid-reference")
            assert (await asked(app, method, registry, "x")).status_code == 422
        gone = SmallRegistry(**vars(registry) | {"point": uuid.uuid4()})
        for method, whom in (("GET", ""), ("PUT", elsewhere), ("DELETE", elsewhere)):
            assert (await asked(app, method, gone, whom)).status_code == 404
    assert await told(providers_db) == []


async def test_only_who_keeps_the_point_says_who_may_help_there(
    providers_db: db.Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, guest = await seed_registry(providers_db), await an_organisation(providers_db)
    async with running_app(address_of(providers_db), tmp_path, monkeypatch) as app:
        for method, whom in (("PUT", guest), ("DELETE", guest), ("GET", "")):
            answer = await asked(app, method, registry, whom, headers=manager(app, guest))
            assert answer.status_code == 403
    assert await told(providers_db) == []


async def test_what_is_said_of_a_draft_is_for_services_alone(
    providers_db: db.Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, guest = await seed_registry(providers_db), await an_organisation(providers_db)
    async with db.transaction(providers_db) as session:
        draft = registry.point_input(publishing="draft")
        await write_service_point(session, caller=EDITOR, wanted=draft, record=registry.point)
    async with running_app(address_of(providers_db), tmp_path, monkeypatch) as app:
        await asked(app, "PUT", registry, guest)
    assert await told(providers_db) == [("allowed", True)]

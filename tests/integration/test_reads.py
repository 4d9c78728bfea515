"""A GET of `providers` writes nothing: every one of them is answered from a database that takes no writes."""

import asyncio
import datetime as dt
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa

from deploy.local.postgres import Postgres
from services.providers.models import OpeningDay, SignIn, Topic
from shared import db
from shared.clock import _now as clock_dependency
from tests.conftest import fresh_database
from tests.integration.apps import take_no_writes
from tests.integration.providers import KUUSAMO, SmallRegistry, running_app, seed_registry

pytestmark = pytest.mark.anyio
QUERIES = {
    "/service-points": {"q": "puhelimen Kuusamossa", "near": "65.9,29.1"},
    "/service-points/{id}/ptv": {"organisation": "x", "service": "y"},
    "/topics": {"q": "puhelimen"},
}
HIDDEN = ("/sign-ins/{id}/message", "/sign-ins/{id}/warning", "/regions/{region}/coordinators")


async def seeded(url: str) -> tuple[SmallRegistry, uuid.UUID]:
    engine, sessions = db.connect(url)
    registry = await seed_registry(sessions)
    async with db.transaction(sessions) as session:
        person = registry.coordinator
        now = dt.datetime.now(dt.UTC)
        row = SignIn(person_id=person, contact_hash=b"x", by_phone=False, language="fi", created_at=now)
        session.add(row)
        await session.flush()
        # The feed gives positions to what is new as it is read; that is its protocol, and is not tested here.
        await session.execute(sa.text("UPDATE event SET position = seq WHERE position IS NULL"))
    await engine.dispose()
    return registry, row.id


async def test_every_get_is_answered_by_a_database_that_takes_no_writes(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = fresh_database(postgres, "providers")
    registry, sign_in = await seeded(url)
    take_no_writes(postgres, url)
    kinds = {
        "organisations": registry.organisation,
        "service-points": registry.point,
        "tutors": registry.tutor,
        "offerings": registry.offering,
        "sign-ins": sign_in,
    }
    answers = {}
    async with running_app(url, tmp_path, monkeypatch) as app:
        for path in app.routes("get", *HIDDEN):
            route = path.partition("/v1")[2]
            is_notifys = route in HIDDEN
            headers = app.as_service("notify") if is_notifys else app.coordinator(registry.coordinator)
            record = str(kinds.get(route.strip("/").partition("/")[0], ""))
            address = path.replace("{id}", record).replace("{code}", KUUSAMO).replace("{region}", "17")
            answer = await app.http.get(address, params=QUERIES.get(route, {}), headers=headers)
            answers[path] = answer.status_code
    assert len(answers) > 25
    assert {path: status for path, status in answers.items() if status != 200} == {}


async def test_topics_that_come_with_vuoro_are_indexed_and_what_an_older_version_wrote_is_at_the_start(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = fresh_database(postgres, "providers")
    engine, sessions = db.connect(url)
    async with db.transaction(sessions) as session:
        assert not (await session.scalars(sa.select(Topic.code).where(Topic.words.is_(None)))).all()
        await session.execute(sa.update(Topic).where(Topic.code == "smart-devices").values(words=None))
    async with running_app(url, tmp_path, monkeypatch) as app:
        for _ in range(200):
            found = await app.http.get("/api/providers/v1/topics", params={"q": "puhelimen"})
            if "smart-devices" in [topic["code"] for topic in found.json()["items"]]:
                break
            await asyncio.sleep(0.05)
    assert "smart-devices" in [topic["code"] for topic in found.json()["items"]]
    await engine.dispose()


async def test_today_is_that_of_the_installation_and_not_utcs(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At half past midnight in Helsinki, yesterday is still today in UTC."""
    url = fresh_database(postgres, "providers")
    registry, _sign_in = await seeded(url)
    engine, sessions = db.connect(url)
    days = [dt.date(2027, 2, 28), dt.date(2027, 3, 1)]
    async with db.transaction(sessions) as session:
        session.add_all([OpeningDay(service_point_id=registry.point, date=day, hours=[]) for day in days])
    await engine.dispose()

    async def midnight() -> dt.datetime:
        return dt.datetime(2027, 2, 28, 22, 30, tzinfo=dt.UTC)

    async with running_app(url, tmp_path, monkeypatch) as app:
        app.app.dependency_overrides[clock_dependency] = midnight
        answer = await app.http.get(f"/api/providers/v1/service-points/{registry.point}/hours")
    assert [day["date"] for day in answer.json()["items"]] == ["2027-03-01"]


async def test_what_somebody_may_mean_is_listed_page_by_page(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_app(fresh_database(postgres, "providers"), tmp_path, monkeypatch) as app:
        asked = {"q": "puhelin pankki verkko tietokone"}
        whole = (await app.http.get("/api/providers/v1/topics", params=asked)).json()
        found, after = [], None
        while True:
            page = asked | {"limit": "2"} | ({"after": after} if after else {})
            answer = (await app.http.get("/api/providers/v1/topics", params=page)).json()
            found += answer["items"]
            after = answer["next"]
            if after is None:
                break
    assert len(whole["items"]) > 3
    assert found == whole["items"]

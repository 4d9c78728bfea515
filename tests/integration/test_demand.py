"""Every search with a topic is counted once, and whether it was in vain: no person, and nothing that none has asked."""

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from deploy.local.postgres import Postgres
from services.booking.actions import demand as actions
from services.booking.actions.demand import Tally
from services.booking.store.demand import Demand
from shared import db
from tests.conftest import as_owner
from tests.integration.apps import RunningApp, running
from tests.integration.registry import KUUSAMO, NOW, REGION, Registry, address_of, connected

pytestmark = pytest.mark.anyio
SLOTS, HOUR = "/api/booking/v1/slots", dt.timedelta(hours=1)
HERE = {"topic": "e-services", "municipality": KUUSAMO}
POSIO = "614"
NEXT_TO_IT = (
    "INSERT INTO municipality SELECT %s, region, sub_region, neighbours, lat, lon FROM municipality WHERE code = %s"
)
Counted = dict[tuple[str, ...], tuple[int, int | None]]


async def counted(sessions: db.Sessions) -> Counted:
    """What was sought, with how often that was in vain, and how often something was found."""
    async with db.transaction(sessions) as session:
        rows = await session.execute(
            sa.text("SELECT topic, region, municipality, channel, searches, found FROM demand")
        )
        return {tuple(row[:4]): (row[4], row[5]) for row in rows}


@pytest.fixture
async def app(
    booking_db: db.Sessions, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RunningApp]:
    monkeypatch.setattr("services.booking.routes.slots.now", lambda: NOW)
    async with connected(booking_db) as connection:
        await connection.execute(NEXT_TO_IT, [POSIO, KUUSAMO])
    async with running(RunningApp, "booking", address_of(booking_db), tmp_path, monkeypatch) as app:
        yield app


async def write(app: RunningApp) -> None:
    await app.app.state.tally.write(app.app.state.pool)


async def test_what_is_found_and_what_is_not_is_counted_by_what_was_asked(
    app: RunningApp, booking_db: db.Sessions
) -> None:
    for where in (HERE, HERE, HERE | {"channel": "phone"}, {"topic": "e-services", "region": REGION}):
        assert (await app.http.get(SLOTS, params=where)).status_code == 200
    for where in (HERE | {"municipality": POSIO}, HERE | {"drop_in": "true"}, {"municipality": KUUSAMO}):
        assert (await app.http.get(SLOTS, params=where)).json()["items"] == [] or "topic" not in where
    await write(app)
    assert await counted(booking_db) == {
        ("e-services", REGION, KUUSAMO, ""): (1, 2),
        ("e-services", REGION, KUUSAMO, "phone"): (1, 0),
        ("e-services", REGION, "", ""): (0, 1),
        ("e-services", REGION, POSIO, ""): (1, 0),
    }


async def test_a_search_that_is_narrow_is_in_vain_only_where_a_wide_one_is(
    app: RunningApp, booking_db: db.Sessions
) -> None:
    narrow = {"from_time": "03:00", "to_time": "04:00", "weekday": "7", "duration": "30"}
    for municipality in (KUUSAMO, POSIO):
        answer = await app.http.get(SLOTS, params=HERE | narrow | {"municipality": municipality})
        assert answer.json()["items"] == []
    await write(app)
    assert await counted(booking_db) == {
        ("e-services", REGION, KUUSAMO, ""): (0, 1),
        ("e-services", REGION, POSIO, ""): (1, 0),
    }


async def test_a_search_is_counted_once_and_what_nobody_sees_is_not(app: RunningApp, booking_db: db.Sessions) -> None:
    first = (await app.http.get(SLOTS, params=HERE | {"limit": "1"})).json()
    assert first["next"]
    await app.http.get(SLOTS, params=HERE | {"limit": "1", "after": first["next"]})
    await app.http.get("/api/booking/v1/days", params=HERE | {"month": "2027-03"})
    await app.http.get("/api/booking/v1/places", params=HERE)
    await app.http.head(SLOTS, params=HERE)
    for headers in ({"Vuoro-Counted": "?0"}, {"Sec-Purpose": "prefetch;prerender"}, {"User-Agent": "ABot/2.1"}):
        assert (await app.http.get(SLOTS, params=HERE, headers=headers)).json()["items"]
    refused: tuple[tuple[dict[str, str], dict[str, str]], ...] = (
        (HERE | {"limit": "0"}, {}),
        (HERE, {"Vuoro-Counted": "no"}),
        ({"limit": "1"}, {"Vuoro-Counted": "no"}),
    )
    for params, headers in refused:
        assert (await app.http.get(SLOTS, params=params, headers=headers)).status_code == 422
    await write(app)
    assert await counted(booking_db) == {("e-services", REGION, KUUSAMO, ""): (0, 1)}


async def test_what_is_counted_is_written_within_a_second_and_at_the_end(
    booking_db: db.Sessions, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert actions.SECONDS_TOGETHER == 1
    monkeypatch.setattr(actions, "SECONDS_TOGETHER", 0)
    written: list[tuple[str, ...]] = []
    tally, kind = Tally(), Demand("e-services", "", KUUSAMO, "", "fi")
    async with db.pool(address_of(booking_db), size=2) as pool, tally.kept(pool):
        await tally.count(kind, NOW, in_vain=True)
        while not written:
            written += await counted(booking_db)
        monkeypatch.setattr(actions, "SECONDS_TOGETHER", 3600)
        await tally.count(kind, NOW, in_vain=False)
    assert await counted(booking_db) == {("e-services", REGION, KUUSAMO, ""): (1, 1)}


async def test_what_cannot_be_written_is_kept_and_does_not_fill_the_memory(
    postgres: Postgres,
    booking_db: db.Sessions,
    registry: Registry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(actions, "MOST_KINDS", 2)
    tally = Tally()
    async with db.pool(address_of(booking_db), size=1) as pool:
        as_owner(postgres, address_of(booking_db), "ALTER TABLE demand RENAME TO away")
        for topic in ("a1", "b1", "c1"):
            await tally.count(Demand(topic, REGION, "", "", ""), NOW, in_vain=True)
            await tally.write(pool)
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        as_owner(postgres, address_of(booking_db), "ALTER TABLE away RENAME TO demand")
        await tally.count(Demand("a1", REGION, "", "", ""), NOW + HOUR / 2, in_vain=False)
        await tally.count(Demand("a1", REGION, "", "", ""), NOW + HOUR / 2, in_vain=True)
        await tally.write(pool)
    assert await counted(booking_db) == {("a1", REGION, "", ""): (2, 0), ("b1", REGION, "", ""): (1, 0)}


OF_BEFORE = """
    INSERT INTO demand (hour, topic, region, municipality, channel, language, searches)
    VALUES (%s, 'e-services', %s, %s, '', '', 1)
    ON CONFLICT (hour, topic, region, municipality, channel, language) DO UPDATE SET searches = demand.searches + 1
"""


async def test_a_version_of_before_counts_beside_this_one(booking_db: db.Sessions, registry: Registry) -> None:
    """It counts what is in vain alone; that nothing is known of what was found then is not that nothing was."""
    tally, url = Tally(), address_of(booking_db)
    async with db.pool(url, size=1) as pool:
        with psycopg.connect(url, autocommit=True) as before:
            before.execute(OF_BEFORE, [NOW, REGION, KUUSAMO])
            assert await counted(booking_db) == {("e-services", REGION, KUUSAMO, ""): (1, None)}
            await tally.count(Demand("e-services", "", KUUSAMO, "", ""), NOW, in_vain=False)
            await tally.write(pool)
            before.execute(OF_BEFORE, [NOW, REGION, KUUSAMO])
    assert await counted(booking_db) == {("e-services", REGION, KUUSAMO, ""): (2, 1)}

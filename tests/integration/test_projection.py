"""The copies of the registry: what could stop them, and what must follow from them."""

import asyncio
import datetime as dt
import json
import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from services.booking.actions import hours, projection
from services.booking.models import ServicePointCopy, StaffedDay
from services.booking.store import freshness
from services.booking.store import spans as span_store
from shared import db
from shared.db import driver
from shared.schemas import booking as wire
from shared.schemas import events, providers
from shared.schemas.common import CloudEvent, LocalisedText
from shared.schemas.events import parse
from tests.integration.registry import NOW, ZONE, Registry, connected, context, free

pytestmark = pytest.mark.anyio


def event(kind: str, data: dict[str, Any]) -> CloudEvent:
    return CloudEvent(id=uuid.uuid4(), source="/test", type=f"fi.vuoro.{kind}", subject="1", time=NOW, data=data)


async def test_a_date_that_stands_twice_and_very_many_dates_stop_nothing(booking_db: db.Sessions) -> None:
    first, point = dt.date(2027, 3, 1), str(uuid.uuid4())
    days = [{"date": (first + dt.timedelta(days=n % 24_000)).isoformat(), "hours": []} for n in range(24_002)]
    async with db.transaction(booking_db) as session:
        await projection.apply(
            await driver(session), parse(event("service-point.hours-changed", {"id": point, "days": days}))
        )
        assert await session.scalar(sa.select(sa.func.count()).select_from(StaffedDay)) == 24_000


async def test_a_date_that_cannot_be_read_is_passed_over_and_stops_nothing(booking_db: db.Sessions) -> None:
    """An event is for ever: if one could stop the reader, nothing after it would ever be heard."""
    point = str(uuid.uuid4())
    days = [
        {"date": "2027-03-01", "hours": [{"from": "20:00", "to": "02:00", "kind": "staffed"}]},
        {"date": "1999-01-01", "hours": []},
        {"date": "2027-03-02", "hours": [{"from": "10:00", "to": "12:00", "kind": "staffed"}]},
    ]
    async with db.transaction(booking_db) as session:
        await projection.apply(
            await driver(session), parse(event("service-point.hours-changed", {"id": point, "days": days}))
        )
        assert [str(date) for date in await session.scalars(sa.select(StaffedDay.date))] == ["2027-03-02"]


async def test_a_field_of_a_newer_day_hides_no_date(booking_db: db.Sessions) -> None:
    hours = {"from": "10:00", "to": "12:00", "kind": "staffed", "added": 1}
    data = {"id": str(uuid.uuid4()), "days": [{"date": "2027-03-02", "hours": [hours], "added": 1}]}
    async with db.transaction(booking_db) as session:
        await projection.apply(await driver(session), parse(event("service-point.hours-changed", data)))
        assert (await session.scalars(sa.select(StaffedDay.hours))).all() == [[["10:00:00", "12:00:00"]]]


async def test_a_field_of_a_newer_registry_stops_nothing_and_enters_no_copy(booking_db: db.Sessions) -> None:
    registry = Registry()
    await registry.seed(booking_db)
    window = {"weekday": 1, "from": "10:00", "to": "12:00", "topics": ["e-services"], "languages": ["fi"], "added": 1}
    data = {
        "id": str(registry.point),
        "organisation_id": str(registry.organisation),
        "region": "17",
        "name": {"fi": "Uusi nimi", "added": "x"},
        "address": "Tie 2",
        "municipality": "305",
        "status": "active",
        "drop_in": [window],
        "weekly_hours": [{"weekday": 1, "from": "10:00", "to": "12:00", "added": 1}],
        "parking": "behind the house",
    }
    async with db.transaction(booking_db) as session:
        await projection.apply(await driver(session), parse(event("service-point.changed", data)))
        copied = await session.get_one(ServicePointCopy, registry.point)
        assert copied.name["fi"] == "Uusi nimi"
        parts = json.dumps([copied.name, copied.drop_in, copied.weekly_hours])
        assert parts.count('"weekday": 1') == 2
        assert "added" not in parts


async def test_an_offering_that_changes_hands_is_no_longer_given_by_its_old_tutors(booking_db: db.Sessions) -> None:
    registry = Registry()
    await registry.seed(booking_db)
    assert await free(booking_db)
    moved = providers.Offering(
        id=registry.offering,
        region="17",
        organisation_id=uuid.uuid4(),
        name=LocalisedText(fi="Digituki"),
        topics=["e-services"],
        channels=["on_site"],
    )
    async with db.transaction(booking_db) as session:
        await projection.apply(await driver(session), parse(event("offering.changed", moved.model_dump(mode="json"))))
    await registry.catch_up(booking_db)
    assert await free(booking_db) == []


async def test_a_tutor_who_ends_is_no_longer_offered(booking_db: db.Sessions) -> None:
    registry = Registry()
    await registry.seed(booking_db)
    ended = providers.Tutor(
        id=registry.tutor,
        organisation_id=registry.organisation,
        region="17",
        display_name="Aino",
        languages=["fi"],
        topics=["e-services"],
        channels=["on_site"],
        status="ended",
    )
    async with db.transaction(booking_db) as session:
        await projection.apply(await driver(session), parse(event("tutor.changed", ended.model_dump(mode="json"))))
    await registry.catch_up(booking_db)
    async with db.transaction(booking_db) as session:
        assert await session.scalar(sa.text("SELECT count(*) FROM free_span")) == 0
        assert await freshness.stale_tutors(await driver(session), NOW + dt.timedelta(days=1), ZONE, 100) == []


async def test_what_the_registry_changes_while_a_week_is_worked_out_is_not_forgotten(
    booking_db: db.Sessions, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tutor's own change has read the registry of before, and must not call the tutor fresh after it."""
    told: list[asyncio.Task[None]] = []
    replace = span_store.replace

    async def tell_and_replace(*what: Any) -> None:
        telling = asyncio.create_task(tell(booking_db, registry))
        told.append(telling)
        await done_or_waiting(booking_db, telling)
        await replace(*what)

    monkeypatch.setattr(span_store, "replace", tell_and_replace)
    await registry.away(booking_db, dt.date(2027, 3, 9), dt.date(2027, 3, 9))
    await asyncio.gather(*told)
    async with db.transaction(booking_db) as session:
        stale = await freshness.stale_tutors(await driver(session), NOW, ZONE, 10)
    assert (len(told), stale) == (1, [registry.tutor])


@pytest.mark.parametrize("shuts", [True, False])
async def test_what_the_registry_changes_of_a_point_reaches_hours_that_are_being_added_there(
    booking_db: db.Sessions, shuts: bool
) -> None:
    """Whether it is its state or its hours on a date. Nobody else has hours there by which it would be found."""
    registry = Registry()
    await registry.seed(booking_db, open=False)
    point, hours_of_a_day = {"service_point_id": registry.point}, {"date": "2027-03-08", "hours": []}
    day = events.ServicePointHoursChanged.model_validate({"id": registry.point, "days": [hours_of_a_day]})
    wanted = wire.AvailabilityInput.model_validate({"weekday": 1, "from": "10:00", "to": "12:00", **point})
    async with connected(booking_db) as connection, connection.transaction():
        await hours.add_availability(connection, context(registry.tutor_token()), wanted=wanted)
        telling = asyncio.create_task(tell(booking_db, registry) if shuts else told_of(booking_db, day))
        await done_or_waiting(booking_db, telling)
    await telling
    async with connected(booking_db) as connection:
        assert await freshness.stale_tutors(connection, NOW, ZONE, 10) == [registry.tutor]


async def told_of(sessions: db.Sessions, event: events.EventData) -> None:
    async with db.transaction(sessions) as session:
        await projection.apply(await driver(session), event)


async def tell(sessions: db.Sessions, registry: Registry) -> None:
    """The point has shut."""
    state = {"id": registry.point, "organisation_id": registry.organisation, "region": "17", "name": {"fi": "Kirjasto"}}
    point = providers.ServicePoint.model_validate(state | {"address": "x", "municipality": "305", "status": "ended"})
    async with db.transaction(sessions) as session:
        await registry.apply(session, "service-point.changed", point)


async def done_or_waiting(sessions: db.Sessions, task: asyncio.Task[None]) -> None:
    """Return once a task is done, or waits for a lock in the database."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with connected(sessions) as connection, asyncio.timeout(20):
        while not task.done() and (await (await connection.execute(waiting)).fetchone()) == (0,):
            await connection.execute("SELECT pg_sleep(0.01)")

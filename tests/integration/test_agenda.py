"""The agenda: the next days that have room, each with some of its times."""

import datetime as dt
from typing import Any

import pytest

from deploy.local.postgres import Postgres
from services.booking.domain.agenda import halves
from services.booking.reads import agenda
from services.booking.store import agenda as store
from services.booking.store.search import Query
from shared import db
from shared.db import driver
from shared.intervals import Interval
from shared.schemas import booking as wire
from tests.conftest import as_owner
from tests.integration.plans import rows_read
from tests.integration.registry import KUUSAMO, NAME, NOW, ZONE, Registry, address_of, connected, found, helsinki
from tests.integration.test_search import many_spans

pytestmark = pytest.mark.anyio
DAY = dt.timedelta(days=1)


async def found_agenda(
    sessions: db.Sessions, now: dt.datetime = NOW, *, zone: str = ZONE, **query: Any
) -> tuple[wire.Agenda, bool]:
    """What the search answers, in a transaction in which nothing can be written."""
    asked = {"topic": "e-services", "municipality": KUUSAMO, **query}
    wanted = wire.AgendaSearch.model_validate({name: value for name, value in asked.items() if value is not None})
    async with db.transaction(sessions) as session:
        connection = await driver(session)
        await connection.execute("SET TRANSACTION READ ONLY")
        return await agenda.agenda(connection, wanted, now=now, zone=zone)


async def shown(sessions: db.Sessions, now: dt.datetime = NOW, **query: Any) -> wire.Agenda:
    return (await found_agenda(sessions, now, **query))[0]


@pytest.fixture
async def registry(booking_db: db.Sessions) -> Registry:
    """Mondays 10 to 14, and Wednesdays 8 to 16 at two places."""
    made = Registry()
    await made.seed(booking_db)
    await made.open(booking_db, 3, "08:00", "16:00")
    other = Registry(organisation=made.organisation, offering=made.offering)
    await other.change_point(booking_db)
    await other.change_tutor(booking_db)
    await other.open(booking_db, 3, "08:00", "16:00")
    return made


async def test_the_days_that_have_room_come_with_some_times_of_each_half(
    booking_db: db.Sessions, registry: Registry
) -> None:
    found_days = await shown(booking_db, most=4)
    assert [day.date.isoweekday() for day in found_days.days] == [1, 3, 1, 3, 1, 3, 1, 3, 3, 1]  # not Easter Monday
    assert [day.date for day in found_days.days] == found_days.with_room[:10]
    monday, wednesday = found_days.days[:2]
    assert [f"{slot.start:%H:%M}" for slot in monday.morning] == ["10:00", "10:30", "11:00", "11:30"]
    assert [f"{slot.start:%H:%M}" for slot in monday.afternoon] == ["12:00", "12:30", "13:00", "13:30"]
    assert [slot.start.hour for slot in wednesday.morning] == [8, 9, 10, 11]
    assert len({slot.service_point_id for slot in wednesday.morning}) == 2
    assert all(slot.place and slot.place.name == NAME for slot in wednesday.morning)
    assert found_days.offerings == {registry.offering: NAME}
    assert found_days.otherwise is None


async def test_every_time_of_it_is_one_that_the_search_finds(booking_db: db.Sessions, registry: Registry) -> None:
    for query in ({}, {"from_time": "11:00", "to_time": "13:00"}, {"weekday": [3]}, {"channel": "on_site"}):
        days = (await shown(booking_db, most=12, **query)).days
        assert days
        for day in days:
            start, end = halves(day.date, ZONE)[0].start, halves(day.date, ZONE)[1].end
            times = await found(booking_db, **query, **{"from": start, "to": end}, tutors="any")
            slots = [*day.morning, *day.afternoon]
            assert {slot.id for slot in slots} <= {slot.id for slot in times.items}
            assert slots


async def test_of_today_there_is_what_is_left_and_from_a_day_on_what_comes_then(
    booking_db: db.Sessions, registry: Registry
) -> None:
    noon = await shown(booking_db, helsinki(8, 12))
    assert (noon.days[0].morning, [slot.start.hour for slot in noon.days[0].afternoon]) == ([], [13, 13])  # an hour on
    later = await shown(booking_db, **{"from": helsinki(10, 2)}, days=1)
    assert [day.date for day in later.days] == [dt.date(2027, 3, 10)]
    assert later.with_room[0] == dt.date(2027, 3, 10)


async def test_what_is_booked_or_held_is_not_in_it_and_a_group_tells_its_seats(
    booking_db: db.Sessions, registry: Registry
) -> None:
    await registry.change_offering(booking_db, capacity=3)
    monday = (await shown(booking_db, helsinki(8, 2), most=12)).days[0]
    assert {slot.seats_left for slot in monday.morning} == {3}
    await registry.hold(booking_db, helsinki(8, 10), now=helsinki(8, 2))
    monday = (await shown(booking_db, helsinki(8, 2), most=12)).days[0]
    assert [slot.seats_left for slot in monday.morning] == [2, 3, 3, 3]
    await registry.change_offering(booking_db, capacity=1)
    await registry.book(booking_db, helsinki(8, 11))
    monday = (await shown(booking_db, helsinki(8, 2), most=12)).days[0]
    assert [slot.start.strftime("%H:%M") for slot in monday.morning] == ["10:30", "11:30"]


async def test_a_drop_in_window_is_among_them_without_an_id(booking_db: db.Sessions, registry: Registry) -> None:
    window = {"weekday": 2, "from": "13:00", "to": "15:00", "topics": ["e-services"]}
    await registry.change_point(booking_db, drop_in=[window])
    tuesday = (await shown(booking_db)).days[1]
    [drop_in] = tuesday.afternoon
    assert (tuesday.date.isoweekday(), drop_in.drop_in, drop_in.id) == (2, True, None)
    assert (drop_in.start.hour, drop_in.end.hour) == (13, 15)


async def test_around_a_point_each_hour_is_of_the_nearest_place_and_says_how_far_it_is(booking_db: db.Sessions) -> None:
    near = Registry()
    far = Registry(organisation=near.organisation, offering=near.offering)
    await near.seed(booking_db)
    await near.open(booking_db, 3, "10:00", "11:00")
    await far.change_point(booking_db, lat=66.1646)
    await far.change_tutor(booking_db)
    await far.open(booking_db, 3, "10:00", "12:00")
    wednesday = (await shown(booking_db, near="65.96,29.19", radius=50, most=2)).days[1]
    assert [(slot.start.hour, slot.service_point_id, slot.km) for slot in wednesday.morning] == [
        (10, near.point, 1),
        (11, far.point, 23),
    ]
    here = (await shown(booking_db)).days[1]
    assert {slot.km for slot in (*here.morning, *here.afternoon)} == {None}
    of_day = await found(booking_db, near="65.96,29.19", radius=50, expand=True)
    assert {(slot.service_point_id, slot.km) for slot in of_day.items if isinstance(slot, wire.ExpandedSlot)} >= {
        (near.point, 1)
    }


async def test_where_there_is_nothing_it_says_what_there_is_instead_and_that_it_was_in_vain(
    booking_db: db.Sessions, registry: Registry
) -> None:
    nothing, in_vain = await found_agenda(booking_db, topic="security")
    assert (nothing.days, nothing.with_room, in_vain) == ([], [], True)
    assert nothing.otherwise is not None
    narrow, in_vain = await found_agenda(booking_db, weekday=[7])
    assert (narrow.days, in_vain) == ([], False)


async def test_days_and_halves_are_those_of_the_installations_zone(booking_db: db.Sessions, registry: Registry) -> None:
    there = (await found_agenda(booking_db, zone="America/New_York"))[0]
    for day in there.days:
        assert {slot.start.date() for slot in (*day.morning, *day.afternoon)} == {day.date}
        assert all(slot.start.hour < 12 for slot in day.morning)
        assert all(slot.start.hour >= 12 for slot in day.afternoon)


async def test_it_reads_what_its_days_have_and_not_what_the_country_has(
    postgres: Postgres, booking_db: db.Sessions, registry: Registry
) -> None:
    await many_spans(booking_db)
    as_owner(postgres, address_of(booking_db), "ANALYZE free_span")
    dates = [NOW.date() + DAY * number for number in range(10)]
    stretches: list[Interval] = [half for date in dates for half in halves(date, ZONE)]
    query = Query(topic="e-services", municipalities=(KUUSAMO,), zone=ZONE)
    statement, values = store.statement(query, stretches, now=NOW)
    own = 20_000 / 20 * 10 / 50  # a twentieth is here, a fifth of that within ten days
    async with connected(booking_db) as connection:
        assert await rows_read(connection, statement, values) < 4 * own

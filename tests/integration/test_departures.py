"""Nobody stands before a helper who has left, or a door that stays shut, even who booked at that very moment."""

import datetime as dt
import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from services.booking.actions import departures, hours, projection
from services.booking.models import Absence, Appointment, Availability, TutorCopy, TutorTime
from services.booking.reads.departures import to_come
from services.booking.store import departures as store
from services.booking.store.departures import Leaver
from shared import db
from shared.db import driver
from shared.schemas import booking as wire
from shared.schemas.events import TutorForgotten
from tests.integration.registry import NOW, ZONE, Registry, acting, context, helsinki

pytestmark = pytest.mark.anyio
TEN = helsinki(8, 10)


async def appointment(sessions: db.Sessions, which: uuid.UUID) -> Appointment:
    async with db.transaction(sessions) as session:
        return await session.get_one(Appointment, which)


async def test_who_booked_as_the_tutor_left_comes_to_another_tutor(booking_db: db.Sessions, registry: Registry) -> None:
    other = uuid.uuid4()
    await registry.change_tutor(booking_db, other)
    await registry.open(booking_db, 1, "10:00", "14:00", tutor=other)
    booked = await registry.book(booking_db, TEN)
    await registry.change_tutor(booking_db, status="ended")
    async with db.transaction(booking_db) as session:
        await departures.settle_left_by_tutor(await driver(session), context(), registry.tutor)
    found = await appointment(booking_db, booked)
    assert (found.state, found.tutor_id) == ("booked", other)


async def test_where_nobody_else_helps_the_citizen_chooses_again(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    for status, state in (("planned", "booked"), ("ended", "displaced")):
        await registry.change_tutor(booking_db, status=status)
        async with db.transaction(booking_db) as session:
            await departures.settle_left_by_tutor(await driver(session), context(), registry.tutor)
        assert (await appointment(booking_db, booked)).state == state


async def test_who_booked_as_the_period_was_narrowed_chooses_again(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)

    async def settled(**period: Any) -> str:
        await registry.change_tutor(booking_db, **period)
        async with db.transaction(booking_db) as session:
            await departures.settle_left_by_tutor(await driver(session), context(), registry.tutor)
        return (await appointment(booking_db, booked)).state

    day = TEN.date()
    assert await settled(active_from=day, active_until=day) == "booked"
    assert await settled(active_until=day - dt.timedelta(days=1)) == "displaced"


async def test_a_period_is_that_of_the_tutors_own_wall(booking_db: db.Sessions, registry: Registry) -> None:
    """Ten in the morning in Helsinki is the evening before in Honolulu."""
    booked, day = await registry.book(booking_db, TEN), TEN.date()
    async with db.transaction(booking_db) as session:
        session.add(TutorTime(tutor_id=registry.tutor, zone="Pacific/Honolulu"))
    for until, state in ((day - dt.timedelta(days=1), "booked"), (day - dt.timedelta(days=2), "displaced")):
        await registry.change_tutor(booking_db, active_until=until)
        async with db.transaction(booking_db) as session:
            await departures.settle_left_by_tutor(await driver(session), context(), registry.tutor)
        assert (await appointment(booking_db, booked)).state == state


async def test_who_booked_before_the_first_day_chooses_again(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    await registry.change_tutor(booking_db, active_from=TEN.date() + dt.timedelta(days=1))
    async with db.transaction(booking_db) as session:
        await departures.settle_left_by_tutor(await driver(session), context(), registry.tutor)
    assert (await appointment(booking_db, booked)).state == "displaced"


async def test_a_visit_of_two_does_not_wait_for_the_second_who_left(booking_db: db.Sessions) -> None:
    registry, other = Registry(), uuid.uuid4()
    await registry.seed(booking_db, tutors=2)
    await registry.change_tutor(booking_db, other)
    await registry.open(booking_db, 1, "10:00", "14:00", tutor=other)
    booked = await registry.book(booking_db, TEN)
    first = (await appointment(booking_db, booked)).tutor_id
    second = other if first == registry.tutor else registry.tutor
    await registry.change_tutor(booking_db, second, status="ended")
    async with db.transaction(booking_db) as session:
        await departures.settle_left_by_tutor(await driver(session), context(), second)
    assert (await appointment(booking_db, booked)).state == "displaced"


async def test_a_point_that_shuts_sends_nobody_to_its_door(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    await registry.change_point(booking_db, status="ended")
    async with db.transaction(booking_db) as session:
        await departures.settle_left_at_point(await driver(session), context(), registry.point)
    assert (await appointment(booking_db, booked)).state == "displaced"


async def test_what_is_to_come_is_listed_and_a_week_is_forgotten(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    await registry.away(booking_db, TEN.date(), TEN.date())
    async with db.transaction(booking_db) as session:
        connection = await driver(session)
        for leaver in (Leaver(tutor=registry.tutor), Leaver(service_point=registry.point)):
            found = await to_come(connection, leaver, NOW, ZONE)
            assert [each.id for each in found.items] == [booked]
        later = await to_come(connection, Leaver(tutor=registry.tutor), helsinki(9, 8), ZONE)
        assert later.items == []
        await projection.apply(connection, TutorForgotten(id=registry.tutor))
    async with db.transaction(booking_db) as session:
        for model in (Availability, Absence):
            wanted = sa.select(sa.func.count()).select_from(model).where(model.tutor_id == registry.tutor)
            assert await session.scalar(wanted) == 0
        assert await session.get(TutorCopy, registry.tutor) is not None
    assert (await appointment(booking_db, booked)).state == "booked"


async def test_the_second_tutor_of_a_visit_is_needed_too(booking_db: db.Sessions) -> None:
    registry, other = Registry(), uuid.uuid4()
    await registry.seed(booking_db, tutors=2)
    await registry.change_tutor(booking_db, other)
    await registry.open(booking_db, 1, "10:00", "14:00", tutor=other)
    booked = await registry.book(booking_db, TEN)
    async with db.transaction(booking_db) as session:
        for tutor in (registry.tutor, other):
            found = await to_come(await driver(session), Leaver(tutor=tutor), NOW, ZONE)
            assert [each.id for each in found.items] == [booked]


async def outside(
    sessions: db.Sessions, registry: Registry, *, before: dt.date | None = None, after: dt.date | None = None
) -> list[uuid.UUID]:
    async with db.transaction(sessions) as session:
        leaver = Leaver(tutor=registry.tutor, before=before, after=after)
        return [each.id for each in (await to_come(await driver(session), leaver, NOW, ZONE)).items]


async def test_visits_outside_a_period_are_found_however_many_stand_within_it(
    booking_db: db.Sessions, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tutor's period was narrowed past their hundredth coming visit, since only a hundred were looked at."""
    monkeypatch.setattr(store, "TO_COME_SHOWN", 3)
    for hour in (10, 11, 12):
        await registry.book(booking_db, helsinki(8, hour))
    last = await registry.book(booking_db, helsinki(22, 10))
    assert last not in await outside(booking_db, registry)
    assert await outside(booking_db, registry, after=dt.date(2027, 3, 21)) == [last]
    assert await outside(booking_db, registry, before=dt.date(2027, 3, 8), after=dt.date(2027, 3, 22)) == []


async def test_the_dates_of_a_period_are_those_of_the_tutors_own_zone(
    booking_db: db.Sessions, registry: Registry
) -> None:
    """One in the morning in Tokyo is still yesterday in Helsinki."""
    tutor, tokyo = context(registry.tutor_token()), wire.TutorTime(zone="Asia/Tokyo", holidays=None)
    await acting(booking_db, hours.set_tutor_time, tutor, tutor_id=registry.tutor, wanted=tokyo)
    await registry.open(booking_db, 3, "01:00", "02:00")
    booked = await registry.book(booking_db, dt.datetime(2027, 3, 9, 16, tzinfo=dt.UTC))
    assert await outside(booking_db, registry, before=dt.date(2027, 3, 10)) == []
    assert await outside(booking_db, registry, after=dt.date(2027, 3, 9)) == [booked]


@pytest.mark.parametrize(
    ("period", "state"),
    [
        ({"active_until": "2027-03-21"}, "displaced"),
        ({"active_until": "2027-03-22"}, "booked"),
        ({"active_from": "2027-03-23"}, "displaced"),
        ({"active_from": "2027-03-22"}, "booked"),
    ],
)
async def test_who_booked_as_the_tutors_period_was_narrowed_is_not_forgotten(
    booking_db: db.Sessions, registry: Registry, period: dict[str, Any], state: str
) -> None:
    """The registry has asked just before, and was told that nobody comes."""
    booked = await registry.book(booking_db, helsinki(22, 10))
    await registry.change_tutor(booking_db, **period)
    async with db.transaction(booking_db) as session:
        await departures.settle_left_by_tutor(await driver(session), context(), registry.tutor)
    assert (await appointment(booking_db, booked)).state == state

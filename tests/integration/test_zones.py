"""Dates are those of the tutor's wall, and stay what they were when the wall is another's."""

import datetime as dt
import uuid
from typing import Any

import pytest

from services.booking.actions import hours, spans, waitlist
from services.booking.domain.wall_time import instant
from services.booking.reads import hours as reads
from services.booking.store import freshness
from services.booking.store import spans as kept
from services.booking.store import waitlist as waitlist_store
from shared import db
from shared.db import driver
from shared.schemas import booking as wire
from tests.integration.registry import (
    AILI,
    KUUSAMO,
    NOW,
    ZONE,
    Registry,
    acting,
    as_the_rules_say,
    connected,
)

pytestmark = pytest.mark.anyio
NEW_YORK, TOKYO = "America/New_York", "Asia/Tokyo"
HOUR, MINUTE, DAY = dt.timedelta(hours=1), dt.timedelta(minutes=1), dt.timedelta(days=1)


async def live_in(booking_db: db.Sessions, registry: Registry, zone: str) -> None:
    wanted, tutor = wire.TutorTime(zone=zone, holidays=None), registry.asked(registry.tutor_token())
    await acting(booking_db, hours.set_tutor_time, tutor, tutor_id=registry.tutor, wanted=wanted)


async def starts(booking_db: db.Sessions, registry: Registry) -> list[dt.datetime]:
    """The free starts, worked out as a new day or a change of the registry has it."""
    async with db.transaction(booking_db) as session:
        connection = await driver(session)
        await spans.refresh(connection, [registry.tutor], now=NOW, zone=ZONE)
        return sorted({start.start for start in await kept.starts(connection, [registry.tutor], NOW)})


@pytest.fixture
async def registry(booking_db: db.Sessions) -> Registry:
    """A tutor who helps on Mondays from 20:00 to 21:00, once an hour."""
    made = Registry()
    await made.seed(booking_db, open=False, grid_minutes=60, duration_minutes=60, horizon_days=40)
    return made


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [(TOKYO, dt.datetime(2027, 3, 1, 15, tzinfo=dt.UTC)), (NEW_YORK, dt.datetime(2027, 3, 2, 5, tzinfo=dt.UTC))],
)
async def test_a_day_brings_a_new_date_when_it_begins_on_the_tutors_wall(
    booking_db: db.Sessions, registry: Registry, zone: str, midnight: dt.datetime
) -> None:
    """Not before, again and again, nor hours later, when the installation's day begins."""
    await live_in(booking_db, registry, zone)
    async with db.transaction(booking_db) as session:
        connection = await driver(session)
        for now, stale in ((midnight - MINUTE, []), (midnight, [registry.tutor])):
            assert await freshness.stale_tutors(connection, now, ZONE, 10) == stale
        await spans.refresh(connection, [registry.tutor], now=midnight, zone=ZONE)
        assert await freshness.stale_tutors(connection, midnight + DAY - MINUTE, ZONE, 10) == []


async def mondays(booking_db: db.Sessions, registry: Registry, **more: Any) -> uuid.UUID:
    return await registry.open(booking_db, 1, "20:00", "21:00", **more)


@pytest.mark.parametrize("zone", [NEW_YORK, TOKYO])
async def test_the_last_week_of_hours_stays_the_last_on_another_wall(
    booking_db: db.Sessions, registry: Registry, zone: str
) -> None:
    made = await mondays(booking_db, registry, valid_until="2027-03-15")
    before = await starts(booking_db, registry)
    assert [start.day for start in before] == [1, 8, 15]
    await live_in(booking_db, registry, zone)
    after = await starts(booking_db, registry)
    assert len(after) == 3
    assert after != before
    async with connected(booking_db) as connection:
        shown = await reads.one_availability(connection, made)
    assert (shown.valid_until, shown.zone) == (dt.date(2027, 3, 15), zone)


async def test_an_absence_of_dates_is_away_on_those_dates_wherever_the_wall_is(
    booking_db: db.Sessions, registry: Registry
) -> None:
    await mondays(booking_db, registry)
    await live_in(booking_db, registry, NEW_YORK)
    away = await registry.away(booking_db, dt.date(2027, 3, 8), dt.date(2027, 3, 8))
    assert [start.day for start in (await starts(booking_db, registry))[:2]] == [2, 16]  # past midnight in UTC
    await live_in(booking_db, registry, TOKYO)
    assert [start.day for start in (await starts(booking_db, registry))[:2]] == [1, 15]
    async with connected(booking_db) as connection:
        shown = await reads.one_absence(connection, away, ZONE)
    assert (shown.first_date, shown.last_date) == (dt.date(2027, 3, 8), dt.date(2027, 3, 8))
    assert (shown.start.isoformat(), shown.end.isoformat()) == (
        "2027-03-08T00:00:00+09:00",
        "2027-03-09T00:00:00+09:00",
    )


async def test_an_absence_of_instants_stays_at_them(booking_db: db.Sessions, registry: Registry) -> None:
    await mondays(booking_db, registry)
    eight = dt.datetime(2027, 3, 8, 18, tzinfo=dt.UTC)
    wanted = wire.AbsenceInput.model_validate({"from": eight, "until": eight + HOUR, "appointments": "keep"})
    made = await acting(booking_db, hours.add_absence, registry.asked(registry.tutor_token()), wanted=wanted)
    await live_in(booking_db, registry, TOKYO)
    async with connected(booking_db) as connection:
        shown = await reads.one_absence(connection, made, ZONE)
    assert (shown.start, shown.end, shown.first_date) == (eight, eight + HOUR, None)


@pytest.mark.parametrize("zone", [ZONE, NEW_YORK, TOKYO])
async def test_a_tutor_begins_and_ends_on_their_own_dates(
    booking_db: db.Sessions, registry: Registry, zone: str
) -> None:
    """In New York, Monday evening is Tuesday in Helsinki."""
    await live_in(booking_db, registry, zone)
    await mondays(booking_db, registry)
    await registry.change_tutor(booking_db, active_from="2027-03-08", active_until="2027-03-15")
    assert len(await starts(booking_db, registry)) == 2


@pytest.fixture
async def overseas(booking_db: db.Sessions) -> Registry:
    """The same, in an installation of New York."""
    made = Registry(zone=NEW_YORK)
    await made.seed(booking_db, open=False, grid_minutes=60, duration_minutes=60, horizon_days=40)
    return made


async def test_who_waits_for_a_weekday_is_offered_it_when_the_tutors_day_began_on_another(
    booking_db: db.Sessions, overseas: Registry
) -> None:
    """A tutor's Tuesday in Tokyo begins on Monday evening in New York, and ends on Tuesday."""
    await live_in(booking_db, overseas, TOKYO)
    await overseas.open(booking_db, 2, "09:00", "17:00")
    away = await overseas.away(booking_db, dt.date(2027, 3, 1), dt.date(2027, 5, 1))
    wish = {"topic": "e-services", "municipality": KUUSAMO, "citizen": AILI, "until": "2027-04-20", "weekday": [2]}
    wanted = wire.WaitlistInput.model_validate(wish)
    entry = await acting(booking_db, waitlist.join, overseas.asked(), wanted=wanted)
    await acting(booking_db, hours.remove_absence, overseas.asked(overseas.tutor_token()), absence=away)
    async with connected(booking_db) as connection:
        waiting = await waitlist_store.get(connection, entry)
        assert waiting is not None
        assert waiting.state == "offered"
        [start] = await (
            await connection.execute("SELECT starts FROM appointment WHERE id = %s", [waiting.appointment_id])
        ).fetchone() or [None]
    assert start == dt.datetime(2027, 3, 2, 5, tzinfo=dt.UTC)  # midnight


@pytest.mark.parametrize(("installation", "wall", "hour"), [(NEW_YORK, TOKYO, 9), (TOKYO, NEW_YORK, 15)])
async def test_a_booking_closes_what_it_leaves_no_time_for_on_the_tutors_own_dates(
    booking_db: db.Sessions, installation: str, wall: str, hour: int
) -> None:
    """A visit of eight hours, with hours of rest before and after, leaves none for one on the next date, or before."""
    made = Registry(zone=installation)
    offering = {"buffer_before_minutes": 240, "buffer_after_minutes": 240, "most_per_day": 2, "duration_minutes": 480}
    await made.seed(booking_db, open=False, grid_minutes=60, horizon_days=40, **offering)
    await live_in(booking_db, made, wall)
    for weekday in range(1, 8):
        await made.open(booking_db, weekday, "00:00", "12:00")
        await made.open(booking_db, weekday, "12:00", "00:00")
    start = instant(dt.date(2027, 3, 4), dt.time(hour), wall)
    await made.book(booking_db, start, slot_id=made.slot(start, duration=480))
    async with connected(booking_db) as connection:
        await as_the_rules_say(connection, [made.tutor], zone=installation)

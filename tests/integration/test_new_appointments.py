"""What was booked for a tutor since they last looked: by others, to come, and each until it is seen."""

import datetime as dt
import uuid

import pytest
from pydantic import SecretStr

from deploy.local.postgres import Postgres
from services.booking.actions import changes, departures, new_appointments
from services.booking.domain.new_appointments import MOST_SHOWN
from services.booking.reads import new_appointments as reads
from services.booking.settings import Settings
from services.booking.store import new_appointments as store
from shared import db
from shared.auth import ANONYMOUS, Principal
from shared.problems import Forbidden, Unauthenticated
from shared.schemas import booking as wire
from tests.conftest import as_owner
from tests.integration.plans import rows_read
from tests.integration.registry import NOW, SECRET, ZONE, Registry, acting, address_of, connected, context, helsinki
from tests.integration.test_alternatives import reassign
from tests.integration.test_who_could_take_over import another

pytestmark = pytest.mark.anyio
SETTINGS = Settings.model_construct(zone=ZONE, public_url="https://vuoro.example", secret=SecretStr(SECRET))
TEN, ELEVEN = helsinki(8, 10), helsinki(8, 11)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


async def new_to(
    sessions: db.Sessions, registry: Registry, tutor: uuid.UUID | None = None, now: dt.datetime = NOW
) -> wire.NewAppointments:
    async with connected(sessions) as connection:
        whose, token = tutor or registry.tutor, registry.tutor_token(tutor)
        return await reads.new_appointments(connection, whose, token, SETTINGS, now=now)


async def ids(
    sessions: db.Sessions, registry: Registry, tutor: uuid.UUID | None = None, now: dt.datetime = NOW
) -> list[uuid.UUID]:
    return [each.id for each in (await new_to(sessions, registry, tutor, now)).items]


async def see(
    sessions: db.Sessions,
    registry: Registry,
    until: dt.datetime,
    now: dt.datetime = NOW,
    tutor: uuid.UUID | None = None,
) -> None:
    await acting(sessions, new_appointments.say_seen, context(registry.tutor_token(tutor), now), until=until)


async def test_each_is_new_until_it_is_seen_and_what_comes_meanwhile_stays_new(
    booking_db: db.Sessions, registry: Registry
) -> None:
    first = await registry.book(booking_db, TEN)
    told = await new_to(booking_db, registry)
    assert ([each.id for each in told.items], told.more, told.until) == ([first], False, NOW)
    second = await registry.book(booking_db, ELEVEN, now=NOW + HOUR)  # while the tutor reads
    await see(booking_db, registry, told.until, NOW + 2 * HOUR)
    assert await ids(booking_db, registry, now=NOW + 2 * HOUR) == [second]
    await see(booking_db, registry, NOW - DAY, NOW + 2 * HOUR)  # another window, late
    assert await ids(booking_db, registry, now=NOW + 2 * HOUR) == [second]


async def test_nothing_is_seen_before_it_comes(booking_db: db.Sessions, registry: Registry) -> None:
    await see(booking_db, registry, NOW + 300 * DAY)
    booked = await registry.book(booking_db, TEN, now=NOW + HOUR)
    assert await ids(booking_db, registry, now=NOW + HOUR) == [booked]


async def test_at_first_a_week_is_new_and_nobody_is_named(booking_db: db.Sessions, registry: Registry) -> None:
    await registry.book(booking_db, TEN, now=NOW - 7 * DAY)
    lately = await registry.book(booking_db, ELEVEN, now=NOW - 7 * DAY + HOUR)
    [item] = (await new_to(booking_db, registry)).items
    assert (item.id, item.start, item.topic) == (lately, ELEVEN, "e-services")
    assert (item.citizen, item.note, item.code_word, item.manage_url) == (None, None, None, None)


async def test_what_was_cancelled_held_or_done_by_the_tutor_is_not_new(
    booking_db: db.Sessions, registry: Registry
) -> None:
    cancelled = await registry.book(booking_db, TEN)
    await acting(booking_db, changes.cancel, appointment_id=cancelled, actor="citizen")
    await registry.hold(booking_db, ELEVEN)
    await registry.book(booking_db, helsinki(8, 12), registry.tutor_token())
    began = await registry.book(booking_db, helsinki(1, 10))
    assert await ids(booking_db, registry, now=helsinki(1, 9)) == [began]
    assert await ids(booking_db, registry, now=helsinki(1, 10)) == []


async def test_what_a_citizen_moves_or_a_colleague_hands_over_is_new(
    booking_db: db.Sessions, registry: Registry
) -> None:
    leena, booked = await another(booking_db, registry), await registry.book(booking_db, TEN)
    await see(booking_db, registry, NOW)
    slot, later = registry.slot(ELEVEN), context(now=NOW + HOUR)
    await acting(booking_db, changes.move, later, appointment_id=booked, actor="citizen", slot_id=slot)
    assert await ids(booking_db, registry, now=NOW + HOUR) == [booked]
    await see(booking_db, registry, NOW, tutor=leena)
    await reassign(booking_db, registry, booked, to=leena)
    assert await ids(booking_db, registry, now=NOW + HOUR) == []
    assert await ids(booking_db, registry, leena, NOW + HOUR) == [booked]


async def test_twenty_at_a_time_and_none_is_passed_over(booking_db: db.Sessions, registry: Registry) -> None:
    for weekday in range(2, 6):
        await registry.open(booking_db, weekday, "10:00", "14:00")
    times = [helsinki(day, 10 + half // 2, half % 2 * 30) for day in range(8, 12) for half in range(6)]
    booked = [
        await registry.book(booking_db, start, now=NOW + max(0, number - 17) // 2 * HOUR)  # many at once, then pairs
        for number, start in enumerate(times)
    ]
    seen: list[uuid.UUID] = []
    for more in (True, False):
        told = await new_to(booking_db, registry, now=NOW + DAY)
        seen += [each.id for each in told.items]
        assert told.more == more
        assert len(told.items) <= MOST_SHOWN + 1
        await see(booking_db, registry, told.until, NOW + DAY)
    assert sorted(seen) == sorted(booked)


async def test_it_is_a_tutors_own_and_goes_with_them(booking_db: db.Sessions, registry: Registry) -> None:
    callers: list[tuple[Principal, type[Exception]]] = [(ANONYMOUS, Unauthenticated), (registry.staff(), Forbidden)]
    for caller, problem in callers:
        with pytest.raises(problem):
            await acting(booking_db, new_appointments.say_seen, context(caller), until=NOW)
    await see(booking_db, registry, NOW)
    async with connected(booking_db) as connection:
        assert await store.seen_until(connection, registry.tutor) == NOW
        await departures.forget_tutor(connection, registry.tutor)
        assert await store.seen_until(connection, registry.tutor) is None


async def test_it_reads_the_visits_to_come_and_no_others(
    postgres: Postgres, booking_db: db.Sessions, registry: Registry
) -> None:
    """What the plan reads is counted, not timed: of ten thousand visits, those of this tutor that are to come."""
    booked = await registry.book(booking_db, TEN)
    as_owner(
        postgres,
        address_of(booking_db),
        f"""INSERT INTO appointment (id, session_id, tutor_id, starts, ends, state, region, organisation_id,
                offering_id, channel, topic, sequence, seat, capacity, booked_by, created_at)
            SELECT uuidv7(), uuidv7(), CASE WHEN n % 50 = 0 THEN tutor_id ELSE uuidv7() END,
                   starts - n * interval '1 hour', ends - n * interval '1 hour', 'cancelled', region, organisation_id,
                   offering_id, channel, topic, sequence, seat, capacity, booked_by, created_at
            FROM appointment, generate_series(1, 10000) n WHERE id = '{booked}'""",
        """INSERT INTO transition (appointment_id, at, step, to_state, actor, caller, minutes_before)
           SELECT id, starts, 'book', 'booked', 'citizen', 'x', 0 FROM appointment""",
        "ANALYZE appointment, transition",
    )
    values = {"tutor": registry.tutor, "caller": "x", "since": NOW - DAY, "now": NOW, "limit": MOST_SHOWN}
    async with connected(booking_db) as connection:
        assert await rows_read(connection, store.CAME_SINCE, values) < 400


@pytest.mark.parametrize("until", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_year_that_no_clock_shows_is_no_time_until_when_anything_was_seen(until: str) -> None:
    with pytest.raises(ValueError, match="2000 and 2200"):
        wire.SeenInput.model_validate({"until": until})

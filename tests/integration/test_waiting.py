"""The queue: first come first served, one at a time, never lost."""

import datetime as dt
import uuid
from typing import Any

import pytest

from services.booking.actions import appointments, waiting
from services.booking.models import Appointment, Citizen, Waiting, WaitingCitizen
from services.booking.problems import OfferOver, ThereIsTime
from services.booking.store import waiting as store
from shared import db
from shared.db import driver
from shared.schemas import booking as wire
from tests.integration.registry import (
    AILI,
    KUUSAMO,
    NOW,
    Registry,
    acting,
    as_the_rules_say,
    context,
    free,
    helsinki,
)

pytestmark = pytest.mark.anyio
HOUR = dt.timedelta(hours=1)
MONDAY = [helsinki(8, hour, minute) for hour in (10, 11, 12, 13) for minute in (0, 30)]


@pytest.fixture
async def registry(booking_db: db.Sessions) -> Registry:
    """Somebody helps on one Monday only, and it is full."""
    made = Registry()
    await made.seed(booking_db, open=False)
    await made.open(booking_db, 1, "10:00", "14:00", valid_from="2027-03-08", valid_until="2027-03-08")
    return made


async def fill(sessions: db.Sessions, registry: Registry) -> list[uuid.UUID]:
    return [await registry.book(sessions, start) for start in MONDAY]


async def wait(sessions: db.Sessions, now: dt.datetime = NOW, **wish: Any) -> uuid.UUID:
    wanted = wire.WaitlistInput.model_validate(
        {"topic": "e-services", "municipality": KUUSAMO, "citizen": AILI, "until": "2027-03-31", **wish}
    )
    return await acting(sessions, waiting.wait, context(now=now), wanted=wanted)


async def seen(sessions: db.Sessions, entry: uuid.UUID) -> Waiting:
    async with db.transaction(sessions) as session:
        return await session.get_one(Waiting, entry)


async def cancel(sessions: db.Sessions, booked: uuid.UUID, now: dt.datetime = NOW) -> None:
    await acting(sessions, appointments.cancel, context(now=now), appointment_id=booked, actor="citizen")


async def round_of_the_worker(sessions: db.Sessions, entry: uuid.UUID, now: dt.datetime) -> None:
    async with db.transaction(sessions) as session:
        await waiting.pass_on(await driver(session), context(now=now), waiting_id=entry)


async def test_a_freed_time_is_offered_to_the_first_in_line_and_nobody_else_sees_it(
    booking_db: db.Sessions, registry: Registry
) -> None:
    """nextcloud/calendar#7980: no waitlist."""
    booked = await fill(booking_db, registry)
    first, second = await wait(booking_db), await wait(booking_db, now=NOW + HOUR / 60)
    await cancel(booking_db, booked[2])
    assert (await seen(booking_db, first)).state == "offered"
    assert (await seen(booking_db, second)).state == "waiting"
    assert await free(booking_db) == []
    await acting(booking_db, waiting.accept, context(now=NOW + HOUR), waiting_id=first)
    row = await seen(booking_db, first)
    assert row.state == "booked"
    async with db.transaction(booking_db) as session:
        taken = await session.get_one(Appointment, row.appointment_id)
        assert (taken.state, taken.starts) == ("booked", MONDAY[2])
        assert (await session.get_one(Citizen, taken.id)).name == "Aili"
        assert await session.get(WaitingCitizen, first) is None
        await as_the_rules_say(await driver(session), [registry.tutor], NOW + HOUR)


async def test_what_is_not_answered_passes_to_the_next_and_the_first_waits_on(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await fill(booking_db, registry)
    first, second = await wait(booking_db), await wait(booking_db, now=NOW + HOUR / 60)
    await cancel(booking_db, booked[0])
    late = NOW + 2 * HOUR
    await round_of_the_worker(booking_db, first, late)
    assert (await seen(booking_db, second)).state == "offered"
    assert (await seen(booking_db, first)).state == "waiting"
    assert await free(booking_db, now=late) == []
    with pytest.raises(OfferOver):
        await acting(booking_db, waiting.accept, context(now=late), waiting_id=first)
    await round_of_the_worker(booking_db, second, late + 2 * HOUR)
    assert (await seen(booking_db, first)).state == "waiting"  # for another time than this
    assert await free(booking_db, now=late + 2 * HOUR) == [MONDAY[0]]


async def test_nothing_is_lost_when_no_worker_lives(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await fill(booking_db, registry)
    await wait(booking_db)
    await cancel(booking_db, booked[0])
    assert await free(booking_db, now=NOW + 3 * HOUR) == [MONDAY[0]]


@pytest.mark.parametrize(
    ("wish", "met"),
    [
        ({"from_time": "12:00"}, False),
        ({"to_time": "11:00"}, True),
        ({"weekday": [2]}, False),
        ({"from": "2027-03-09"}, False),
        ({"until": "2027-03-07"}, False),
        ({"language": "sv"}, False),
        ({"tutor": str(uuid.uuid4())}, False),
        ({"feature": ["wheelchair"]}, False),
    ],
)
async def test_only_what_was_asked_for_is_offered(
    booking_db: db.Sessions, registry: Registry, wish: dict[str, Any], met: bool
) -> None:
    booked = await fill(booking_db, registry)
    entry = await wait(booking_db, **wish)
    await cancel(booking_db, booked[0])
    assert ((await seen(booking_db, entry)).state == "offered") == met


async def test_who_leaves_the_queue_is_forgotten_and_what_was_kept_goes_on(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await fill(booking_db, registry)
    first, second = await wait(booking_db), await wait(booking_db)
    await cancel(booking_db, booked[0])
    await acting(booking_db, waiting.leave, waiting_id=first)
    assert (await seen(booking_db, first)).state == "ended"
    assert (await seen(booking_db, second)).state == "offered"
    async with db.transaction(booking_db) as session:
        assert await session.get(WaitingCitizen, first) is None


async def test_new_hours_reach_those_who_wait(booking_db: db.Sessions, registry: Registry) -> None:
    await fill(booking_db, registry)
    entry = await wait(booking_db)
    await registry.open(booking_db, 2, "10:00", "10:30")
    assert (await seen(booking_db, entry)).state == "offered"


async def test_nobody_waits_for_what_is_free_already(booking_db: db.Sessions, registry: Registry) -> None:
    with pytest.raises(ThereIsTime) as refused:
        await wait(booking_db)
    assert refused.value.extensions["alternatives"][0]["start"] == "2027-03-08T10:00:00+02:00"


async def test_who_does_not_answer_is_not_offered_the_same_time_again_and_in_the_end_nothing(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await fill(booking_db, registry)
    entry, now = await wait(booking_db), NOW
    for number in range(3):
        await cancel(booking_db, booked[number], now)
        assert (await seen(booking_db, entry)).state == "offered"
        now += 3 * HOUR
        await round_of_the_worker(booking_db, entry, now)
        async with db.transaction(booking_db) as session:
            await waiting.offer_if_free(await driver(session), context(now=now), waiting_id=entry)
        assert (await seen(booking_db, entry)).state == ("waiting" if number < 2 else "ended")
        assert MONDAY[number] in await free(booking_db, now=now)


async def test_the_hundred_and_first_in_line_is_seen_too(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await fill(booking_db, registry)
    for _ in range(101):
        await wait(booking_db, weekday=[7])
    last = await wait(booking_db)
    await cancel(booking_db, booked[0])
    async with db.transaction(booking_db) as session:
        for entry in await store.line(await driver(session), NOW):
            await waiting.offer_if_free(await driver(session), context(), waiting_id=entry)
    assert (await seen(booking_db, last)).state == "offered"

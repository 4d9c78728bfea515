"""Times that are kept for somebody, and fall free by themselves."""

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from services.booking.access import View
from services.booking.actions import changes, holds
from services.booking.models import Appointment
from services.booking.problems import HoldLapsed, SlotGone, SlotTaken, WrongState
from services.booking.reads import holds as reads
from services.booking.reads.shown import as_shown, find
from services.booking.settings import Settings
from shared import db
from shared.db import driver
from tests.integration.registry import (
    NOW,
    SECRET,
    ZONE,
    Registry,
    acting,
    as_the_rules_say,
    connected,
    context,
    free,
    helsinki,
)

pytestmark = pytest.mark.anyio
TEN = helsinki(8, 10)
MINUTE = dt.timedelta(minutes=1)
SETTINGS = Settings.model_construct(zone=ZONE, secret=SecretStr(SECRET))


@pytest.fixture(params=[{}, {"most_per_day": 2}, {"capacity": 3}, {"buffer_before_minutes": 15}])
async def registry(request: pytest.FixtureRequest, booking_db: db.Sessions) -> Registry:
    """Of several kinds: those whose spans a hold only cuts, and those that are worked out anew."""
    made = Registry()
    await made.seed(booking_db, **request.param)
    return made


async def check(sessions: db.Sessions, tutor: uuid.UUID, now: dt.datetime = NOW) -> None:
    async with db.transaction(sessions) as session:
        await as_the_rules_say(await driver(session), [tutor], now)


async def test_a_held_time_is_nobody_elses_until_it_falls_free_by_itself(
    booking_db: db.Sessions, registry: Registry
) -> None:
    """calcom/cal.com#29958: two confirmations at once."""
    before = await free(booking_db)
    await registry.hold(booking_db, TEN)
    await check(booking_db, registry.tutor)
    during = await free(booking_db, now=NOW + 9 * MINUTE)
    grouped = TEN in during  # a group has seats left
    if not grouped:
        with pytest.raises((SlotTaken, SlotGone)):
            await registry.book(booking_db, TEN, now=NOW + 9 * MINUTE)
    # nothing ran meanwhile: no sweeper, no worker
    assert await free(booking_db, now=NOW + 10 * MINUTE) == before
    await registry.book(booking_db, TEN, now=NOW + 10 * MINUTE)
    await check(booking_db, registry.tutor, NOW + 10 * MINUTE)
    async with db.transaction(booking_db) as session:
        states = (await session.scalars(sa.select(Appointment.state).order_by(Appointment.created_at))).all()
    assert states == ["lapsed", "booked"]


async def test_a_hold_becomes_an_appointment(booking_db: db.Sessions, registry: Registry) -> None:
    held = await registry.hold(booking_db, TEN)
    booked = await registry.book(booking_db, TEN, slot_id=None, hold_id=held, now=NOW + 9 * MINUTE)
    assert booked == held
    await check(booking_db, registry.tutor, NOW + 20 * MINUTE)
    with pytest.raises((SlotTaken, HoldLapsed)):
        await registry.book(booking_db, TEN, slot_id=None, hold_id=held, now=NOW + 20 * MINUTE)


async def test_who_comes_back_too_late_is_told_and_given_alternatives(
    booking_db: db.Sessions, registry: Registry
) -> None:
    held = await registry.hold(booking_db, TEN)
    with pytest.raises(HoldLapsed) as refused:
        await registry.book(booking_db, TEN, slot_id=None, hold_id=held, now=NOW + 10 * MINUTE)
    assert len(refused.value.extensions["alternatives"]) == 5


async def test_a_hold_can_be_kept_longer_but_not_for_ever(booking_db: db.Sessions, registry: Registry) -> None:
    held = await registry.hold(booking_db, TEN)
    for minutes in (9, 18, 27, 36, 45, 54):
        await acting(booking_db, holds.extend, context(now=NOW + minutes * MINUTE), hold_id=held)
        await check(booking_db, registry.tutor, NOW + minutes * MINUTE)
    async with db.transaction(booking_db) as session:
        assert (await session.get_one(Appointment, held)).expires == NOW + 60 * MINUTE


async def test_a_hold_can_be_given_back(booking_db: db.Sessions, registry: Registry) -> None:
    before = await free(booking_db)
    held = await registry.hold(booking_db, TEN)
    await acting(booking_db, holds.release, hold_id=held)
    assert await free(booking_db) == before
    await check(booking_db, registry.tutor)


async def test_holds_side_by_side_fall_free_each_in_its_time(booking_db: db.Sessions, registry: Registry) -> None:
    await registry.hold(booking_db, TEN, minutes=5)
    await registry.hold(booking_db, helsinki(8, 11), minutes=20)
    await check(booking_db, registry.tutor)
    later = await free(booking_db, now=NOW + 6 * MINUTE)
    assert TEN in later
    await check(booking_db, registry.tutor, NOW + 6 * MINUTE)
    await registry.book(booking_db, TEN, now=NOW + 6 * MINUTE)
    await check(booking_db, registry.tutor, NOW + 7 * MINUTE)


async def test_a_held_time_is_not_booked_once_its_tutor_has_gone_away(
    booking_db: db.Sessions, registry: Registry
) -> None:
    held = await registry.hold(booking_db, TEN)
    await registry.away(booking_db, TEN.date(), TEN.date(), None)
    with pytest.raises(SlotGone):
        await registry.book(booking_db, TEN, slot_id=None, hold_id=held)


@pytest.mark.parametrize("registry", [{"capacity": 3}], indirect=True)
async def test_a_seat_whose_hold_ran_out_hinders_nobody(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    await registry.hold(booking_db, TEN)
    later = context(now=NOW + 20 * MINUTE)
    await acting(booking_db, changes.cancel, later, appointment_id=booked, actor="citizen")
    await check(booking_db, registry.tutor, NOW + 20 * MINUTE)


async def test_the_key_of_a_hold_is_given_again_while_it_is_held_and_not_when_it_is_booked(
    booking_db: db.Sessions, registry: Registry
) -> None:
    """Whoever has no token shares the Idempotency-Keys with all at their address: one that was guessed must not open an
    appointment, with its citizen's name and number."""
    held = await registry.hold(booking_db, TEN)
    async with connected(booking_db) as connection:
        shown = await reads.hold(connection, held, SETTINGS, NOW)
        assert shown.manage_token
        assert shown.languages == ["fi"]  # of the tutor
        await registry.book(booking_db, TEN, slot_id=None, hold_id=held)
        with pytest.raises(WrongState):
            await reads.hold(connection, held, SETTINGS, NOW)


async def test_the_tutors_languages_stand_in_the_same_order_before_and_after_booking(
    booking_db: db.Sessions, registry: Registry
) -> None:
    await registry.change_tutor(booking_db, languages=["en", "sv", "fi"])
    held = await registry.hold(booking_db, TEN)
    async with connected(booking_db) as connection:
        before = (await reads.hold(connection, held, SETTINGS, NOW)).languages
        booked = await registry.book(booking_db, TEN, slot_id=None, hold_id=held)
        anybody = View(None, citizen=False, manage_url=False)
        after = as_shown(await find(connection, booked), anybody, SETTINGS).languages
    assert before == after == ["fi", "sv", "en"]


async def test_a_hold_tells_the_seat_beside_it_as_long_as_one_is_free(booking_db: db.Sessions) -> None:
    """A couple books two seats of one visit; where one tutor's group is full, another tutor's is not "together"."""

    async def beside(held: uuid.UUID, now: dt.datetime = NOW) -> str | None:
        async with connected(booking_db) as connection:
            return (await reads.hold(connection, held, SETTINGS, now)).seat_beside

    registry = Registry()
    await registry.seed(booking_db, capacity=3)
    first = await registry.hold(booking_db, TEN)
    slot = await beside(first)
    assert slot is not None
    second = await registry.book(booking_db, TEN, slot_id=slot)
    async with db.transaction(booking_db) as session:
        visits = (
            await session.scalars(sa.select(Appointment.live_session).where(Appointment.id.in_([first, second])))
        ).all()
    assert len(visits) == 2
    assert len(set(visits)) == 1
    third = await registry.hold(booking_db, TEN)
    assert await beside(first) is None
    assert await beside(third) is None
    assert await beside(first, NOW + 10 * MINUTE) is not None  # the third is not held any more
    await registry.change_offering(booking_db, capacity=1)
    assert await beside(await registry.hold(booking_db, TEN + 60 * MINUTE)) is None

"""A citizen whose message got lost has it sent again, as often as that is no nuisance to whose number it is."""

import datetime as dt
import uuid

import pytest

from services.booking.actions import changes, erasure, limits, sending_again
from services.booking.domain.limits import DAY
from services.booking.problems import LimitReached, WrongState
from shared import db
from shared.problems import NotFound
from tests.integration.registry import NOW, Registry, acting, connected, context, helsinki
from tests.integration.test_limits import somebody
from tests.integration.test_verification import events_of

pytestmark = pytest.mark.anyio
TEN = helsinki(8, 10)


async def again(sessions: db.Sessions, booked: uuid.UUID, now: dt.datetime = NOW) -> uuid.UUID:
    return await acting(sessions, sending_again.send_again, context(now=now), appointment_id=booked, actor="citizen")


async def test_what_holds_is_sent_again_and_nothing_is_changed(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    assert await again(booking_db, booked) == booked
    assert await events_of(booking_db, booked) == ["booked", "confirmation-asked"]
    async with connected(booking_db) as connection:
        row = await (await connection.execute("SELECT sequence FROM appointment")).fetchone()
    assert row == (0,)


async def test_the_code_of_a_booking_that_is_to_be_verified_is_sent_again(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN, to_verify=True)
    await again(booking_db, booked)
    assert await events_of(booking_db, booked) == ["held", "verification-asked", "verification-asked"]


async def test_of_what_is_over_nothing_is_sent(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    with pytest.raises(WrongState):
        await again(booking_db, booked, now=TEN)
    await acting(booking_db, changes.cancel, appointment_id=booked, actor="citizen")
    with pytest.raises(WrongState):
        await again(booking_db, booked)
    await acting(booking_db, erasure.erase, appointment_id=booked, actor="citizen")
    with pytest.raises(NotFound):
        await again(booking_db, booked)


async def test_a_time_that_is_only_held_has_nobody_to_be_told(booking_db: db.Sessions, registry: Registry) -> None:
    with pytest.raises(NotFound):
        await again(booking_db, await registry.hold(booking_db, TEN))


async def test_three_times_a_day_of_one_visit_and_six_to_one_number(
    booking_db: db.Sessions, registry: Registry
) -> None:
    visits = [await registry.book(booking_db, helsinki(8, 10 + number)) for number in range(3)]
    async with connected(booking_db) as connection:
        for number, visit in enumerate([visits[0]] * 3 + [visits[1]] * 3):
            await limits.limit_sending_again(connection, somebody(f"192.0.2.{number}"), visit)
        with pytest.raises(LimitReached):
            await limits.limit_sending_again(connection, somebody("192.0.2.9"), visits[2])
        tomorrow = somebody("192.0.2.9", now=NOW + DAY)
        for _ in range(3):
            await limits.limit_sending_again(connection, tomorrow, visits[0])
        with pytest.raises(LimitReached):
            await limits.limit_sending_again(connection, tomorrow, visits[0])

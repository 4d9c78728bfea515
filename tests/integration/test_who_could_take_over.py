"""To whom a visit could be given: asked as the rules give it, and read alone."""

import datetime as dt
import uuid

import pytest

from services.booking.actions import reassigning
from services.booking.problems import WrongState
from shared import db
from tests.integration.registry import Registry, connected, context, helsinki
from tests.integration.test_alternatives import reassign

pytestmark = pytest.mark.anyio
TEN = helsinki(8, 10)
MORNING = helsinki(8, 9, 55)


async def asked(
    sessions: db.Sessions, registry: Registry, booked: uuid.UUID, now: dt.datetime = MORNING
) -> tuple[list[uuid.UUID], list[uuid.UUID]]:
    """What the route asks; nothing can be written meanwhile."""
    async with connected(sessions) as connection:
        await connection.set_read_only(True)
        return await reassigning.who_could_take_over(connection, context(registry.tutor_token(), now), booked)


async def another(sessions: db.Sessions, registry: Registry, opens: str = "10:00", closes: str = "12:00") -> uuid.UUID:
    tutor = uuid.uuid4()
    await registry.change_tutor(sessions, tutor)
    await registry.open(sessions, 1, opens, closes, tutor=tutor)
    return tutor


async def test_those_who_are_free_then_the_least_loaded_first_and_whatever_the_notice(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN)
    assert await asked(booking_db, registry, booked) == ([], [booked])
    busy, idle = [await another(booking_db, registry) for _ in range(2)]
    await another(booking_db, registry, "11:00", "12:00")  # who is not there yet
    taken = await another(booking_db, registry)
    await registry.book(booking_db, TEN, slot_id=registry.slot(TEN, tutor=taken))
    await registry.book(booking_db, helsinki(8, 11), slot_id=registry.slot(helsinki(8, 11), tutor=busy))
    assert await asked(booking_db, registry, booked) == ([idle, busy], [booked])
    await reassign(booking_db, registry, booked, to=busy)
    assert busy not in (await asked(booking_db, registry, booked))[0]


async def test_the_room_that_the_visit_has_itself_is_no_hindrance(booking_db: db.Sessions) -> None:
    registry = Registry()
    await registry.seed(booking_db, needs=["quiet-room"])
    await registry.change_point(booking_db, equipment={"quiet-room": 1})
    await registry.catch_up(booking_db)
    booked, other = await registry.book(booking_db, TEN), await another(booking_db, registry)
    assert await asked(booking_db, registry, booked) == ([other], [booked])
    await reassign(booking_db, registry, booked, to=other)


async def test_a_group_goes_along_and_not_to_who_has_one(booking_db: db.Sessions) -> None:
    registry = Registry()
    await registry.seed(booking_db, capacity=3)
    leads, idle = [await another(booking_db, registry) for _ in range(2)]
    ours = [await registry.book(booking_db, TEN) for _ in range(2)]
    await registry.book(booking_db, TEN, slot_id=registry.slot(TEN, tutor=leads))
    tutors, company = await asked(booking_db, registry, ours[1])
    assert (tutors, set(company)) == ([idle], set(ours))


async def test_nobody_takes_over_what_has_begun(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    await another(booking_db, registry)
    with pytest.raises(WrongState):
        await asked(booking_db, registry, booked, now=TEN)

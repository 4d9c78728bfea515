"""Whoever is refused a time is told of others, whatever it was that refused it."""

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from deploy.local.postgres import Postgres
from services.booking.actions import holds, reassigning
from services.booking.actions.context import Done
from services.booking.models import Appointment
from services.booking.problems import HoldLapsed, NobodyElse, SeriesClash, SlotGone, SlotRefused, SlotTaken
from services.booking.reads.alternatives import Flight
from services.booking.routes.unit_of_work import UnitOfWork
from services.booking.settings import Settings
from shared import db
from shared.idempotency import Once
from tests.integration.registry import NOW, SECRET, ZONE, Registry, acting, connected, context, helsinki
from tests.integration.test_booking import move, pretend_it_is_free, series

pytestmark = pytest.mark.anyio
TEN = helsinki(8, 10)
SETTINGS = Settings.model_construct(zone=ZONE, secret=SecretStr(SECRET))


def names_others(refused: pytest.ExceptionInfo[SlotRefused]) -> bool:
    return bool(refused.value.extensions["alternatives"])


async def test_of_any_tutor(booking_db: db.Sessions, registry: Registry) -> None:
    await registry.book(booking_db, TEN)
    with pytest.raises(SlotTaken) as refused:
        await registry.book(booking_db, TEN, slot_id=registry.any_tutor(TEN))
    assert names_others(refused)


async def test_by_the_referee(postgres: Postgres, booking_db: db.Sessions, registry: Registry) -> None:
    await registry.book(booking_db, TEN)
    await pretend_it_is_free(postgres, booking_db, TEN)
    with pytest.raises(SlotTaken) as refused:
        await registry.book(booking_db, TEN)
    assert names_others(refused)


async def test_of_a_group_that_is_full(postgres: Postgres, booking_db: db.Sessions) -> None:
    registry = Registry()
    await registry.seed(booking_db, capacity=2)
    for _ in range(2):
        await registry.book(booking_db, TEN)
    await pretend_it_is_free(postgres, booking_db, TEN)
    with pytest.raises(SlotTaken) as refused:
        await registry.book(booking_db, TEN)
    assert names_others(refused)


async def test_of_a_room_that_is_in_use(postgres: Postgres, booking_db: db.Sessions) -> None:
    registry, other = Registry(), uuid.uuid4()
    await registry.seed(booking_db, needs=["quiet-room"])
    await registry.change_point(booking_db, equipment={"quiet-room": 1})
    await registry.catch_up(booking_db)
    await registry.change_tutor(booking_db, other)
    await registry.open(booking_db, 1, "10:00", "12:00", tutor=other)
    await registry.book(booking_db, TEN)
    await pretend_it_is_free(postgres, booking_db, TEN)
    with pytest.raises(SlotTaken) as refused:
        await registry.book(booking_db, TEN, slot_id=registry.slot(TEN, tutor=other))
    assert names_others(refused)


async def test_at_a_move(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    await registry.book(booking_db, helsinki(8, 12))
    with pytest.raises(SlotTaken) as refused:
        await move(booking_db, booked, registry.slot(helsinki(8, 12)))
    assert names_others(refused)


async def test_in_a_series(booking_db: db.Sessions, registry: Registry) -> None:
    await registry.book(booking_db, helsinki(22, 10))
    with pytest.raises(SeriesClash) as refused:
        await series(booking_db, registry.slot(TEN), 4)
    assert names_others(refused)


async def test_when_the_tutor_of_a_hold_has_gone_away(booking_db: db.Sessions, registry: Registry) -> None:
    held = await registry.hold(booking_db, TEN)
    await registry.away(booking_db, TEN.date(), TEN.date(), None)
    with pytest.raises(SlotGone) as refused:
        await registry.book(booking_db, TEN, slot_id=None, hold_id=held)
    assert names_others(refused)


async def reassign(sessions: db.Sessions, registry: Registry, booked: uuid.UUID, to: uuid.UUID | None = None) -> None:
    asked = context(registry.staff())
    await acting(sessions, reassigning.reassign, asked, appointment_id=booked, actor="staff", to=to)


async def test_when_nobody_else_can_take_an_appointment_over(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    with pytest.raises(NobodyElse) as refused:
        await reassign(booking_db, registry, booked)
    assert names_others(refused)
    async with db.transaction(booking_db) as session:
        assert (await session.get_one(Appointment, booked)).state == "booked"


async def test_a_group_is_not_put_into_another_tutors_group(booking_db: db.Sessions) -> None:
    registry, other = Registry(), uuid.uuid4()
    await registry.seed(booking_db, capacity=3)
    await registry.change_tutor(booking_db, other)
    await registry.open(booking_db, 1, "10:00", "14:00", tutor=other)
    ours = [await registry.book(booking_db, TEN) for _ in range(2)]
    theirs = [await registry.book(booking_db, TEN, slot_id=registry.slot(TEN, tutor=other)) for _ in range(2)]
    with pytest.raises(NobodyElse) as refused:
        await reassign(booking_db, registry, ours[0], to=other)
    assert names_others(refused)
    async with db.transaction(booking_db) as session:
        rows = await session.execute(sa.select(Appointment.id, Appointment.tutor_id))
    assert {row.id: row.tutor_id for row in rows} == dict.fromkeys(ours, registry.tutor) | dict.fromkeys(theirs, other)


@pytest.mark.parametrize("way", ["once", "repeat"])
async def test_a_unit_of_work_says_it_after_the_rollback(booking_db: db.Sessions, registry: Registry, way: str) -> None:
    held = await registry.hold(booking_db, TEN)
    late = context(now=NOW + dt.timedelta(minutes=20))
    async with connected(booking_db) as connection:

        async def connect() -> db.Connection:
            return connection

        work = UnitOfWork(connection, late, SETTINGS, Once(connect, "anonymous", None, b""), Flight())

        async def act() -> Done:
            return await holds.release(connection, late, hold_id=held)

        with pytest.raises(HoldLapsed) as refused:
            await (work.once(act) if way == "once" else work.repeat(act))
    assert names_others(refused)

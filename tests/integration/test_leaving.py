"""Nobody stands before a helper who has left, or a door that stays shut, even who booked at that very moment."""

import uuid

import pytest
import sqlalchemy as sa

from services.booking import projection
from services.booking.actions import leaving
from services.booking.models import Absence, Appointment, Availability, Tutor
from shared import db
from shared.db import driver
from tests.integration.registry import NOW, ZONE, Registry, context, helsinki

pytestmark = pytest.mark.anyio
TEN = helsinki(8, 10)


async def appointment(sessions: db.Sessions, which: uuid.UUID) -> Appointment:
    async with db.transaction(sessions) as session:
        return await session.get_one(Appointment, which)


async def test_who_booked_as_the_helper_left_comes_to_another_helper(
    booking_db: db.Sessions, registry: Registry
) -> None:
    other = uuid.uuid4()
    await registry.tell_tutor(booking_db, other)
    await registry.open(booking_db, 1, "10:00", "14:00", tutor=other)
    booked = await registry.book(booking_db, TEN)
    await registry.tell_tutor(booking_db, status="ended")
    async with db.transaction(booking_db) as session:
        await leaving.settle_left_behind(await driver(session), context(), registry.tutor)
    found = await appointment(booking_db, booked)
    assert (found.state, found.tutor_id) == ("booked", other)


async def test_where_nobody_else_helps_the_citizen_chooses_again(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    for status, state in (("planned", "booked"), ("ended", "displaced")):
        await registry.tell_tutor(booking_db, status=status)
        async with db.transaction(booking_db) as session:
            await leaving.settle_left_behind(await driver(session), context(), registry.tutor)
        assert (await appointment(booking_db, booked)).state == state


async def test_a_point_that_shuts_sends_nobody_to_its_door(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    await registry.tell_point(booking_db, status="ended")
    async with db.transaction(booking_db) as session:
        await leaving.settle_left_at(await driver(session), context(), registry.point)
    assert (await appointment(booking_db, booked)).state == "displaced"


async def test_what_is_to_come_is_listed_and_a_week_is_forgotten(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    await registry.away(booking_db, TEN.date(), TEN.date())
    async with db.transaction(booking_db) as session:
        for whose in (
            {"tutor": registry.tutor, "service_point": None},
            {"tutor": None, "service_point": registry.point},
        ):
            found = await leaving.to_come(session, now=NOW, zone=ZONE, **whose)
            assert [each.id for each in found.items] == [booked]
        later = await leaving.to_come(session, tutor=registry.tutor, service_point=None, now=helsinki(9, 8), zone=ZONE)
        assert later.items == []
        await projection.CHANGES["fi.vuoro.tutor.forgotten"](session, {"id": str(registry.tutor)})
    async with db.transaction(booking_db) as session:
        for model in (Availability, Absence):
            wanted = sa.select(sa.func.count()).select_from(model).where(model.tutor_id == registry.tutor)
            assert await session.scalar(wanted) == 0
        assert await session.get(Tutor, registry.tutor) is not None
    assert (await appointment(booking_db, booked)).state == "booked"


async def test_the_second_helper_of_a_session_is_needed_too(booking_db: db.Sessions) -> None:
    registry, other = Registry(), uuid.uuid4()
    await registry.seed(booking_db, helpers=2)
    await registry.tell_tutor(booking_db, other)
    await registry.open(booking_db, 1, "10:00", "14:00", tutor=other)
    booked = await registry.book(booking_db, TEN)
    async with db.transaction(booking_db) as session:
        for helper in (registry.tutor, other):
            found = await leaving.to_come(session, tutor=helper, service_point=None, now=NOW, zone=ZONE)
            assert [each.id for each in found.items] == [booked]

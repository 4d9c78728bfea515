"""A tutor who has fallen ill: whoever stands at the desk closes their day and hands it over."""

import datetime as dt
import uuid

import pytest

from services.booking.actions import closings, illness
from services.booking.actions.opening import standing_in
from services.booking.problems import AppointmentsAffected
from services.booking.reads import shown
from services.booking.store import appointments
from shared import db
from shared.auth import ANONYMOUS, Principal
from shared.intervals import Interval
from shared.problems import Forbidden, InvalidInput, NotYours, Unauthenticated
from shared.schemas import booking as wire
from shared.schemas.people import Role
from tests.integration.registry import REGION, Registry, acting, connected, context, free, helsinki

pytestmark = pytest.mark.anyio
TEN = helsinki(8, 10)
MONDAY = TEN.date()
MORNING = helsinki(8, 7)


def ill(date: dt.date = MONDAY, appointments: str | None = None) -> wire.IllnessInput:
    return wire.IllnessInput.model_validate({"date": date, "appointments": appointments})


async def falls_ill(
    sessions: db.Sessions, registry: Registry, caller: Principal, wanted: wire.IllnessInput, now: dt.datetime = MORNING
) -> None:
    await acting(sessions, illness.fall_ill, context(caller, now), tutor_id=registry.tutor, wanted=wanted)


async def state(sessions: db.Sessions, booked: uuid.UUID) -> str:
    async with connected(sessions) as connection:
        return (await shown.find(connection, booked)).state


async def test_staff_see_whose_visits_stand_there_and_then_hand_them_over(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN)
    with pytest.raises(AppointmentsAffected):
        await falls_ill(booking_db, registry, registry.staff(), ill())
    assert await state(booking_db, booked) == "booked"
    await falls_ill(booking_db, registry, registry.staff(), ill(appointments="reassign"))
    assert await state(booking_db, booked) == "displaced"  # nobody else helps there
    assert all(start.date() != MONDAY for start in await free(booking_db))


async def test_also_whose_visit_was_kept_in_time_that_was_closed_before(
    booking_db: db.Sessions, registry: Registry
) -> None:
    """The tutor meant to come all the same; now they do not."""
    booked = await registry.book(booking_db, TEN)
    await registry.away(booking_db, MONDAY, MONDAY, "keep")
    with pytest.raises(AppointmentsAffected):
        await falls_ill(booking_db, registry, registry.staff(), ill())
    await falls_ill(booking_db, registry, registry.staff(), ill(appointments="offer"))
    assert await state(booking_db, booked) == "displaced"


async def test_a_place_that_shuts_asks_of_visits_there_that_were_kept_before(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN)
    await registry.away(booking_db, MONDAY, MONDAY, "keep")
    shut = {"service_point_id": registry.point, "from": MONDAY, "until": MONDAY}
    wanted = wire.ClosingInput.model_validate(shut)
    with pytest.raises(AppointmentsAffected):
        await acting(booking_db, closings.add_closing, context(registry.staff(), MORNING), wanted=wanted)
    elsewhere = standing_in(Interval(TEN, TEN + dt.timedelta(hours=1)), uuid.uuid4())
    async with connected(booking_db) as connection:
        row = await appointments.lock(connection, booked)
    assert row is not None
    assert not elsewhere(row)


@pytest.mark.parametrize("days", [-1, 7])
async def test_on_a_day_of_the_coming_seven(booking_db: db.Sessions, registry: Registry, days: int) -> None:
    with pytest.raises(InvalidInput):
        await falls_ill(booking_db, registry, registry.staff(), ill(MONDAY + dt.timedelta(days=days)))


def person(**role: object) -> Principal:
    return Principal("person", "x", REGION, roles=(Role.model_validate(role),))


async def test_only_of_who_helps_at_ones_own_place_or_organisation(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    own, others = registry.organisation, uuid.uuid4()
    refused: list[tuple[Principal, type[Exception]]] = [
        (ANONYMOUS, Unauthenticated),
        (registry.tutor_token(), Forbidden),
        (person(role="coordinator"), Forbidden),
        (person(role="staff", organisation_id=others), NotYours),
        (person(role="staff", organisation_id=own, service_point_id=uuid.uuid4()), NotYours),
        (person(role="manager", organisation_id=others), NotYours),
    ]
    for caller, problem in refused:
        with pytest.raises(problem):
            await falls_ill(booking_db, registry, caller, ill(appointments="offer"))
    assert await state(booking_db, booked) == "booked"
    at_the_point = person(role="staff", organisation_id=own, service_point_id=registry.point)
    await falls_ill(booking_db, registry, at_the_point, ill(appointments="offer"))
    assert await state(booking_db, booked) == "displaced"


def test_an_ill_tutor_does_not_come_anyway() -> None:
    with pytest.raises(ValueError, match="reassign"):
        ill(appointments="keep")

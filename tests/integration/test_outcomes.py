"""How a visit ended: said from its start on, and undone until the end of the next day."""

import datetime as dt
import uuid

import pytest

from services.booking.actions import hours, outcomes
from services.booking.problems import AppointmentsAffected, OutcomeStands, VisitToCome
from services.booking.reads import shown
from shared import db
from shared.schemas import booking as wire
from tests.integration.registry import Registry, acting, connected, context, helsinki

pytestmark = pytest.mark.anyio
TEN = helsinki(8, 10)
SOLVED = wire.OutcomeInput(attended=True, result="solved")


async def mark(booking_db: db.Sessions, booked: uuid.UUID, now: dt.datetime) -> None:
    asked = context(now=now)
    await acting(booking_db, outcomes.mark_outcome, asked, appointment_id=booked, actor="tutor", outcome=SOLVED)


async def undo(booking_db: db.Sessions, booked: uuid.UUID, now: dt.datetime) -> None:
    await acting(booking_db, outcomes.remove_outcome, context(now=now), appointment_id=booked, actor="tutor")


async def state(booking_db: db.Sessions, booked: uuid.UUID) -> tuple[str, str | None]:
    async with connected(booking_db) as connection:
        row = await shown.find(connection, booked)
    return row.state, row.result


async def test_before_its_start_a_visit_has_no_outcome(booking_db: db.Sessions, registry: Registry) -> None:
    """It could be closed weeks before: its citizen could not cancel it then, and an absence did not see it."""
    booked = await registry.book(booking_db, TEN)
    with pytest.raises(VisitToCome):
        await mark(booking_db, booked, TEN - dt.timedelta(minutes=1))
    away = wire.AbsenceInput.model_validate({"from": "2027-03-08", "until": "2027-03-08"})
    with pytest.raises(AppointmentsAffected):
        await acting(booking_db, hours.add_absence, context(registry.tutor_token()), wanted=away)
    await mark(booking_db, booked, TEN)
    assert await state(booking_db, booked) == ("attended", "solved")


async def test_a_wrong_outcome_is_undone_until_the_end_of_the_next_day(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN)
    await mark(booking_db, booked, TEN)
    midnight = helsinki(10, 2) - dt.timedelta(hours=2)
    await undo(booking_db, booked, midnight - dt.timedelta(minutes=1))
    assert await state(booking_db, booked) == ("booked", None)
    await undo(booking_db, booked, midnight - dt.timedelta(minutes=1))  # what has none stays as it is
    await mark(booking_db, booked, midnight)
    with pytest.raises(OutcomeStands):
        await undo(booking_db, booked, midnight)
    assert await state(booking_db, booked) == ("attended", "solved")


async def test_how_long_it_took_with_what_and_whether_they_manage_alone_is_kept_and_told_and_undone(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN)
    went = {"result": "solved", "manages_alone": True, "minutes_helped": 25, "device": "tablet"}
    outcome = wire.OutcomeInput.model_validate({"attended": True, **went})
    at = {"appointment_id": booked, "actor": "tutor"}
    await acting(booking_db, outcomes.mark_outcome, context(now=TEN), **at, outcome=outcome)
    assert await how_it_went(booking_db, booked) == went
    async with connected(booking_db) as connection:
        cursor = await connection.execute("SELECT data FROM event WHERE type LIKE '%appointment.closed'")
        [(told,)] = await cursor.fetchall()
    assert {name: told[name] for name in went} == went
    await undo(booking_db, booked, TEN)
    assert await how_it_went(booking_db, booked) == dict.fromkeys(went)


async def how_it_went(booking_db: db.Sessions, booked: uuid.UUID) -> dict[str, object]:
    async with connected(booking_db) as connection:
        row = await shown.find(connection, booked)
    return {name: getattr(row, name) for name in ("result", "manages_alone", "minutes_helped", "device")}


@pytest.mark.parametrize("more", [{"minutes_helped": 30}, {"device": "phone"}])
def test_who_did_not_come_was_helped_with_nothing(more: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="was not helped"):
        wire.OutcomeInput.model_validate({"attended": False, **more})

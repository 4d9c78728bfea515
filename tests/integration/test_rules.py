"""Every rule of open time, as it shows in the search: hours, exceptions, buffers, bounds, drives, company, rooms."""

import datetime as dt
import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from services.booking.actions import changes, closings, holds, hours, projection, spans
from services.booking.models import Appointment
from services.booking.problems import AppointmentsAffected, SlotGone, SlotTaken
from services.booking.store import freshness
from shared import db
from shared.db import driver
from shared.problems import InvalidInput
from shared.schemas import booking as wire
from shared.schemas.common import CloudEvent
from shared.schemas.events import parse
from tests.integration.registry import (
    KUUSAMO,
    NOW,
    ZONE,
    Registry,
    acting,
    as_the_rules_say,
    context,
    found,
    free,
    helsinki,
)

pytestmark = pytest.mark.anyio
TEN = helsinki(8, 10)


async def check(sessions: db.Sessions, *tutors: uuid.UUID, now: dt.datetime = NOW) -> None:
    async with db.transaction(sessions) as session:
        await as_the_rules_say(await driver(session), list(tutors), now)


async def state_of(sessions: db.Sessions, appointment: uuid.UUID) -> tuple[str, uuid.UUID]:
    async with db.transaction(sessions) as session:
        row = await session.get_one(Appointment, appointment)
        return row.state, row.tutor_id


def on(starts: list[dt.datetime], day: int) -> list[dt.datetime]:
    return [start for start in starts if (start.month, start.day) == (3, day)]


async def test_buffers_are_kept_free_on_both_sides(booking_db: db.Sessions) -> None:
    """thunderbird/appointment#866: no buffers."""
    registry = Registry()
    await registry.seed(booking_db, buffer_before_minutes=10, buffer_after_minutes=20, grid_minutes=30)
    await registry.book(booking_db, helsinki(8, 12))
    # 12:00–12:30 is busy from 11:50 to 12:50, and others bring buffers of their own
    assert on(await free(booking_db), 8) == [
        helsinki(8, 10),
        helsinki(8, 10, 30),
        helsinki(8, 11),
        helsinki(8, 13),
        helsinki(8, 13, 30),
    ]


async def test_an_absence_over_appointments_shows_them_first(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    with pytest.raises(AppointmentsAffected) as refused:
        await registry.away(booking_db, dt.date(2027, 3, 8), dt.date(2027, 3, 14), None)
    assert [row["id"] for row in refused.value.extensions["appointments"]] == [str(booked)]
    assert helsinki(8, 11) in await free(booking_db)
    absence = await registry.away(booking_db, dt.date(2027, 3, 8), dt.date(2027, 3, 14), "keep")
    assert await state_of(booking_db, booked) == ("booked", registry.tutor)
    assert not [start for start in await free(booking_db) if 8 <= start.day < 15 and start.month == 3]
    await acting(booking_db, hours.remove_absence, context(registry.tutor_token()), absence=absence)
    assert helsinki(8, 11) in await free(booking_db)


async def test_a_sick_tutors_day_goes_to_others_and_who_finds_nobody_is_asked_to_choose(
    booking_db: db.Sessions, registry: Registry
) -> None:
    other = uuid.uuid4()
    await registry.change_tutor(booking_db, other, display_name="Veikko")
    await registry.open(booking_db, 1, "10:00", "10:30", tutor=other)
    lucky, unlucky = await registry.book(booking_db, TEN), await registry.book(booking_db, helsinki(8, 12))
    await registry.away(booking_db, dt.date(2027, 3, 8), dt.date(2027, 3, 8), "reassign", now=helsinki(8, 9, 30))
    assert await state_of(booking_db, lucky) == ("booked", other)  # though the offering asks for an hour's notice
    assert (await state_of(booking_db, unlucky))[0] == "displaced"
    await registry.catch_up(booking_db, helsinki(8, 9, 30))
    await check(booking_db, registry.tutor, other, now=helsinki(8, 9, 30))
    await acting(
        booking_db,
        changes.move,
        appointment_id=unlucky,
        actor="citizen",
        slot_id=registry.slot(helsinki(15, 10)),
    )
    assert await state_of(booking_db, unlucky) == ("booked", registry.tutor)


async def test_withdrawn_hours_are_no_longer_offered(booking_db: db.Sessions, registry: Registry) -> None:
    tuesday = await registry.open(booking_db, 2, "10:00", "11:00")
    assert helsinki(9, 10) in await free(booking_db)
    tutor = context(registry.tutor_token())
    await acting(booking_db, hours.remove_availability, tutor, hours=tuesday, standing=None)
    assert helsinki(9, 10) not in await free(booking_db)
    with pytest.raises(SlotGone):
        await registry.book(booking_db, helsinki(9, 10))


async def test_changed_hours_offer_new_times_to_whom_they_leave_outside(
    booking_db: db.Sessions, registry: Registry
) -> None:
    tuesday = await registry.open(booking_db, 2, "10:00", "12:00")
    early, late = await registry.book(booking_db, helsinki(9, 10)), await registry.book(booking_db, helsinki(9, 11, 30))
    wanted = wire.AvailabilityInput.model_validate(
        {"service_point_id": registry.point, "weekday": 2, "from": "11:00", "to": "13:00"}
    )
    tutor = context(registry.tutor_token())
    with pytest.raises(AppointmentsAffected):
        await acting(booking_db, hours.replace_availability, tutor, hours=tuesday, wanted=wanted, standing=None)
    await acting(booking_db, hours.replace_availability, tutor, hours=tuesday, wanted=wanted, standing="offer")
    assert (await state_of(booking_db, early))[0] == "displaced"
    assert (await state_of(booking_db, late))[0] == "booked"
    await check(booking_db, registry.tutor)


async def test_hours_of_every_other_week(booking_db: db.Sessions, registry: Registry) -> None:
    await registry.open(booking_db, 4, "10:00", "10:30", every_weeks=2, valid_from="2027-03-04")
    thursdays = [start.date() for start in await free(booking_db) if start.isoweekday() == 4]
    assert thursdays == [dt.date(2027, 3, 4) + dt.timedelta(days=14 * n) for n in range(4)]


async def test_hours_across_the_change_to_summer_time(booking_db: db.Sessions, registry: Registry) -> None:
    """calcom/cal.com#10517, betagouv/rdv-service-public#4158: slots an hour off after the change."""
    await registry.open(booking_db, 2, "10:00", "11:00")
    starts = await free(booking_db)
    before, after = dt.datetime(2027, 3, 23, 8, tzinfo=dt.UTC), dt.datetime(2027, 3, 30, 7, tzinfo=dt.UTC)
    assert before in starts
    assert after in starts
    assert await registry.book(booking_db, after)


async def test_public_holidays_are_closed_unless_the_tutor_keeps_none(
    booking_db: db.Sessions, registry: Registry
) -> None:
    easter_monday = dt.date(2027, 3, 29)
    assert easter_monday not in {start.date() for start in await free(booking_db)}
    tutor, wanted = context(registry.tutor_token()), wire.TutorTime(zone=ZONE, holidays=None)
    await acting(booking_db, hours.set_tutor_time, tutor, tutor_id=registry.tutor, wanted=wanted)
    assert easter_monday in {start.date() for start in await free(booking_db)}
    await check(booking_db, registry.tutor)


async def test_a_tutor_in_another_zone_keeps_their_own_wall_clock(booking_db: db.Sessions, registry: Registry) -> None:
    tutor, wanted = context(registry.tutor_token()), wire.TutorTime(zone="Europe/London", holidays=None)
    await acting(booking_db, hours.set_tutor_time, tutor, tutor_id=registry.tutor, wanted=wanted)
    assert on(await free(booking_db), 8)[0] == helsinki(8, 12)
    await registry.book(booking_db, helsinki(8, 12))
    await check(booking_db, registry.tutor)


async def test_extra_time_opens_and_closes(booking_db: db.Sessions, registry: Registry) -> None:
    tutor = context(registry.tutor_token())
    wanted = wire.ExtraTimeInput.model_validate(
        {"service_point_id": registry.point, "from": helsinki(6, 10), "until": helsinki(6, 11)}
    )
    extra = await acting(booking_db, hours.add_extra_time, tutor, wanted=wanted)
    assert on(await free(booking_db), 6) == [helsinki(6, 10), helsinki(6, 10, 30)]
    await acting(booking_db, hours.remove_extra_time, tutor, extra=extra, standing=None)
    assert on(await free(booking_db), 6) == []


async def test_a_closed_place_gives_no_help_there_and_help_by_phone_goes_on(
    booking_db: db.Sessions, registry: Registry
) -> None:
    await registry.open(booking_db, 1, "10:00", "11:00", service_point_id=None, channels=["phone"])
    wanted = wire.ClosingInput.model_validate(
        {"service_point_id": registry.point, "from": "2027-03-08", "until": "2027-03-08"}
    )
    await acting(booking_db, closings.add_closing, context(registry.staff()), wanted=wanted)
    assert on(await free(booking_db), 8) == []
    assert TEN in await free(booking_db, channel="phone")
    await check(booking_db, registry.tutor)


async def test_breaks_are_taken_out_of_every_day(booking_db: db.Sessions) -> None:
    registry = Registry()
    await registry.seed(booking_db, breaks=[{"from": "11:00", "to": "12:00"}])
    hours = {start.hour for start in await free(booking_db)}
    assert hours == {10, 12, 13}


async def test_the_most_of_a_day_and_of_a_week_closes_the_rest(booking_db: db.Sessions) -> None:
    registry = Registry()
    await registry.seed(booking_db, most_per_day=1, most_per_week=2)
    await registry.open(booking_db, 2, "10:00", "12:00")
    await registry.open(booking_db, 3, "10:00", "12:00")
    first = await registry.book(booking_db, TEN)
    assert on(await free(booking_db), 8) == []
    assert helsinki(9, 10) in await free(booking_db)
    await registry.book(booking_db, helsinki(9, 10))
    assert on(await free(booking_db), 10) == []
    assert helsinki(15, 10) in await free(booking_db)
    await acting(booking_db, changes.cancel, appointment_id=first, actor="staff")
    assert helsinki(10, 10) in await free(booking_db)
    await check(booking_db, registry.tutor)


async def test_an_offering_of_several_durations(booking_db: db.Sessions) -> None:
    registry = Registry()
    await registry.seed(booking_db, other_durations_minutes=[60])
    assert on(await free(booking_db, duration=60), 8)[-1] == helsinki(8, 13)
    assert on(await free(booking_db, duration=30), 8)[-1] == helsinki(8, 13, 30)
    await registry.book(booking_db, TEN, slot_id=registry.slot(TEN, duration=60))
    assert on(await free(booking_db, duration=30), 8)[0] == helsinki(8, 11)
    await check(booking_db, registry.tutor)


async def test_hours_kept_for_one_offering_carry_no_other(booking_db: db.Sessions, registry: Registry) -> None:
    clinic = uuid.uuid4()
    await registry.change_offering(booking_db, clinic)
    await registry.open(booking_db, 5, "10:00", "11:00", offerings=[clinic])
    fridays = [slot for slot in (await found(booking_db)).items if slot.start.isoweekday() == 5]
    assert {slot.offering_id for slot in fridays} == {clinic}
    await check(booking_db, registry.tutor)


async def test_a_group_sells_each_seat_once_and_its_time_stays_one(booking_db: db.Sessions) -> None:
    registry = Registry()
    await registry.seed(booking_db, capacity=2, grid_minutes=60, duration_minutes=60)
    slot: dict[str, Any] = {"slot_id": registry.slot(TEN, duration=60)}
    first = await registry.book(booking_db, TEN, **slot)
    [joined] = [slot for slot in (await found(booking_db)).items if slot.start == TEN]
    assert joined.seats_left == 1
    await registry.book(booking_db, TEN, **slot)
    with pytest.raises(SlotTaken):
        await registry.book(booking_db, TEN, **slot)
    assert TEN not in await free(booking_db)
    await acting(booking_db, changes.cancel, appointment_id=first, actor="citizen")
    assert TEN in await free(booking_db)
    await check(booking_db, registry.tutor)
    with pytest.raises(sa.exc.IntegrityError, match="one_a_seat"):
        async with db.transaction(booking_db) as session:
            await session.execute(sa.text("UPDATE appointment SET state = 'booked', seat = 2"))


async def test_a_seat_that_is_held_is_not_left_while_it_is_held(booking_db: db.Sessions) -> None:
    registry = Registry()
    await registry.seed(booking_db, capacity=3, grid_minutes=60, duration_minutes=60)
    slot = registry.slot(TEN, duration=60)

    async def left(at: dt.datetime = NOW) -> int | None:
        [seen] = [each.seats_left for each in (await found(booking_db, at)).items if each.start == TEN]
        return seen

    await registry.book(booking_db, TEN, slot_id=slot)
    assert await left() == 2
    wanted = wire.HoldInput(slot_id=slot, topic="e-services", minutes=10)
    await acting(booking_db, holds.hold, wanted=wanted)
    assert await left() == 1
    assert await left(NOW + dt.timedelta(minutes=11)) == 2


async def test_a_visit_of_two_tutors_takes_both(booking_db: db.Sessions) -> None:
    registry, other = Registry(), uuid.uuid4()
    await registry.seed(booking_db, tutors=2)
    assert await free(booking_db) == []  # nobody else is there
    await registry.change_tutor(booking_db, other, display_name="Veikko")
    await registry.open(booking_db, 1, "11:00", "13:00", tutor=other)
    assert set(on(await free(booking_db), 8)) == {helsinki(8, h, m) for h in (11, 12) for m in (0, 30)}
    booked = await registry.book(booking_db, helsinki(8, 11))
    assert helsinki(8, 11) not in await free(booking_db)
    async with db.transaction(booking_db) as session:
        taken = await session.scalars(sa.text("SELECT resource_id FROM claim"))
        assert set(taken) == {registry.tutor, other}
    await check(booking_db, registry.tutor, other)
    await acting(booking_db, changes.cancel, appointment_id=booked, actor="citizen")
    assert helsinki(8, 11) in await free(booking_db)
    await check(booking_db, registry.tutor, other)


async def test_the_only_quiet_room_is_in_use_once_at_a_time(booking_db: db.Sessions) -> None:
    registry, other = Registry(), uuid.uuid4()
    await registry.seed(booking_db, needs=["quiet-room"])
    assert await free(booking_db) == []  # there is no such room
    await registry.change_point(booking_db, equipment={"quiet-room": 1})
    await registry.catch_up(booking_db)
    await registry.change_tutor(booking_db, other, display_name="Veikko")
    await registry.open(booking_db, 1, "10:00", "12:00", tutor=other)
    await registry.book(booking_db, TEN)
    assert TEN not in await free(booking_db)
    assert TEN not in await free(booking_db, tutor=other)
    assert helsinki(8, 10, 30) in await free(booking_db, tutor=other)
    await check(booking_db, registry.tutor, other)


async def home_registry(sessions: db.Sessions) -> Registry:
    registry = Registry()
    await registry.seed(sessions, channels=["home", "on_site"])
    await registry.change_tutor(sessions, channels=["home", "on_site"], home_municipalities=[KUUSAMO])
    await registry.open(sessions, 2, "10:00", "14:00", service_point_id=None, channels=["home"])
    return registry


async def test_the_drive_between_visits_is_kept_free(booking_db: db.Sessions) -> None:
    """calcom/cal.com#10616, #21376: no travel time."""
    registry = await home_registry(booking_db)
    slot = await home_slot(booking_db, helsinki(9, 12))
    await registry.book(booking_db, helsinki(9, 12), slot_id=slot, address="Kotitie 1")
    # ten minutes from one home to the next: half past eleven and half past twelve are too near
    assert on(await free(booking_db, channel="home"), 9) == [
        helsinki(9, 10),
        helsinki(9, 10, 30),
        helsinki(9, 11),
        helsinki(9, 13),
        helsinki(9, 13, 30),
    ]
    await check(booking_db, registry.tutor)


async def home_slot(sessions: db.Sessions, start: dt.datetime) -> str:
    [slot] = [slot for slot in (await found(sessions, channel="home")).items if slot.start == start]
    assert slot.municipality == KUUSAMO
    assert slot.id
    return slot.id


async def test_a_home_address_is_asked_only_for_a_visit_at_home(booking_db: db.Sessions) -> None:
    registry = await home_registry(booking_db)
    for slot, address in ((await home_slot(booking_db, helsinki(9, 12)), None), (registry.slot(TEN), "Kotitie 1")):
        with pytest.raises(InvalidInput) as refused:
            await registry.book(booking_db, TEN, slot_id=slot, address=address)
        assert refused.value.errors is not None
        assert refused.value.errors[0].pointer == "/address"


async def test_hours_past_the_change_of_the_horizon_are_laid_out_the_next_day(
    booking_db: db.Sessions, registry: Registry
) -> None:
    later = NOW + dt.timedelta(days=7)
    async with db.transaction(booking_db) as session:
        connection = await driver(session)
        assert await freshness.stale_tutors(connection, NOW, ZONE, 10) == []
        assert await freshness.stale_tutors(connection, later, ZONE, 10) == [registry.tutor]
        await spans.refresh(connection, [registry.tutor], now=later, zone=ZONE)
        assert await freshness.stale_tutors(connection, later, ZONE, 10) == []
    starts = await free(booking_db, now=later)
    assert max(starts).date() == dt.date(2027, 5, 3)
    assert len(starts) == 9 * 8 - 8  # today, eight Mondays ahead, and Easter Monday closed


async def test_what_is_planned_or_ended_is_not_offered(booking_db: db.Sessions, registry: Registry) -> None:
    changes: list[tuple[Any, dict[str, Any]]] = [
        (registry.change_offering, {"status": "planned"}),
        (registry.change_tutor, {"status": "ended"}),
        (registry.change_tutor, {"channels": ["phone"]}),
        (registry.change_tutor, {"topics": ["computer"]}),
        (registry.change_point, {"status": "ended"}),
    ]
    for tell, change in changes:
        await tell(booking_db, **change)
        await registry.catch_up(booking_db)
        assert await free(booking_db) == [], change
        await tell(booking_db)
        await registry.catch_up(booking_db)
        assert TEN in await free(booking_db)


async def test_an_ordinary_week_bounds_help_and_a_date_says_otherwise(
    booking_db: db.Sessions, registry: Registry
) -> None:
    """Staffed hours of the ordinary week are the outer bound, except on dates of which something is said."""
    staffed = {"weekday": 1, "from": "11:00", "to": "13:00"}
    alone = {"weekday": 1, "from": "13:00", "to": "20:00", "kind": "self_service"}
    await registry.change_point(booking_db, weekly_hours=[staffed, alone])
    await registry.catch_up(booking_db)
    offered = await free(booking_db)
    assert on(offered, 8) == [helsinki(8, 11), helsinki(8, 11, 30), helsinki(8, 12), helsinki(8, 12, 30)]
    async with db.transaction(booking_db) as session:
        days = [
            {"date": "2027-03-08", "hours": [{"from": "10:00", "to": "11:00"}]},
            {"date": "2027-03-15", "hours": []},
        ]
        event = CloudEvent.model_validate(
            {
                "id": uuid.uuid4(),
                "source": "/api/providers",
                "type": "fi.vuoro.service-point.hours-changed",
                "subject": str(registry.point),
                "time": NOW,
                "data": {"id": str(registry.point), "days": days},
            }
        )
        await projection.apply(await driver(session), parse(event))
    await registry.catch_up(booking_db)
    offered = await free(booking_db)
    assert on(offered, 8) == [helsinki(8, 10), helsinki(8, 10, 30)]
    assert on(offered, 15) == []
    assert on(offered, 22) == [helsinki(22, 11), helsinki(22, 11, 30), helsinki(22, 12), helsinki(22, 12, 30)]
    await check(booking_db, registry.tutor)


async def test_a_tutor_helps_from_their_first_date_to_their_last(booking_db: db.Sessions, registry: Registry) -> None:
    await registry.change_tutor(booking_db, active_from="2027-03-15", active_until="2027-03-22")
    mondays = {start.day for start in await free(booking_db) if start.month == 3}
    assert mondays == {15, 22}
    await check(booking_db, registry.tutor)
    await registry.change_tutor(booking_db)
    assert {start.day for start in await free(booking_db) if start.month == 3} >= {
        8,
        15,
        22,
    }  # the 29th is Easter Monday


@pytest.mark.parametrize("publishing", ["draft", "withdrawn"])
async def test_what_is_not_published_is_not_booked(
    booking_db: db.Sessions, registry: Registry, publishing: str
) -> None:
    await registry.change_point(booking_db, publishing=publishing)
    await registry.catch_up(booking_db)
    assert await free(booking_db) == []
    with pytest.raises(SlotGone):
        await registry.book(booking_db, TEN)

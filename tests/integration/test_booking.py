"""Booking, moving and cancelling, on a real database with an explicit clock."""

import asyncio
import datetime as dt
import uuid
from collections import Counter

import psycopg
import pytest
import sqlalchemy as sa

from deploy.local.postgres import Postgres
from services.booking.actions import booking, changes, hours
from services.booking.domain.slots import SlotKey
from services.booking.models import Appointment, Citizen
from services.booking.problems import InThePast, NotASlot, SlotGone, SlotRefused, SlotTaken, WrongState
from shared import db
from shared.db import driver
from shared.feed import Event
from shared.problems import ChangedMeanwhile, InvalidInput, Problem, WrongRegion
from shared.schemas import booking as wire
from tests.conftest import as_owner
from tests.integration.registry import NOW, Registry, acting, address_of, as_the_rules_say, context, free, helsinki

pytestmark = pytest.mark.anyio
TEN = helsinki(8, 10)


async def test_the_earliest_times_are_those_within_the_hours_and_after_the_notice(
    booking_db: db.Sessions, registry: Registry
) -> None:
    found = await free(booking_db)
    assert found[:3] == [helsinki(1, 10), helsinki(1, 10, 30), helsinki(1, 11)]
    assert found[8] == helsinki(8, 10)
    late = await free(booking_db, now=helsinki(1, 10))  # an hour's notice
    assert late[0] == helsinki(1, 11)


async def test_a_booked_time_is_gone_and_its_event_tells_nothing_of_the_citizen(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN)
    assert TEN not in await free(booking_db)
    async with db.transaction(booking_db) as session:
        event = await session.scalar(sa.select(Event).where(Event.subject == str(booked)))
        citizen = await session.get_one(Citizen, booked)
    assert event is not None
    assert event.type == "fi.vuoro.appointment.booked"
    told = str(event.data)
    assert not any(str(secret) in told for secret in (citizen.name, citizen.phone, citizen.code_word))


async def test_a_taken_time_is_refused_with_the_nearest_alternatives(
    booking_db: db.Sessions, registry: Registry
) -> None:
    await registry.book(booking_db, TEN)
    with pytest.raises(SlotTaken) as refused:
        await registry.book(booking_db, TEN)
    nearest = [alternative["start"] for alternative in refused.value.extensions["alternatives"]]
    assert nearest[0] == "2027-03-08T10:30:00+02:00"
    assert len(nearest) == 5


async def test_where_there_is_much_time_the_alternatives_lie_around_the_one_that_was_taken(
    booking_db: db.Sessions, registry: Registry
) -> None:
    for weekday in (2, 3):
        await registry.open(booking_db, weekday, "08:00", "20:00")
    await registry.book(booking_db, helsinki(10, 15))
    with pytest.raises(SlotTaken) as refused:
        await registry.book(booking_db, helsinki(10, 15))
    nearest = [dt.datetime.fromisoformat(each["start"]) for each in refused.value.extensions["alternatives"]]
    assert all(abs(start - helsinki(10, 15)) <= dt.timedelta(hours=2) for start in nearest), nearest


@pytest.mark.parametrize(
    ("start", "problem"),
    [
        (helsinki(1, 7), InThePast),
        (helsinki(8, 10, 10), NotASlot),
        (helsinki(8, 18), SlotGone),
        (helsinki(1, 8, 30), SlotGone),
    ],
)
async def test_what_is_no_slot_is_refused_with_its_reason(
    booking_db: db.Sessions, registry: Registry, start: dt.datetime, problem: type[Problem]
) -> None:
    with pytest.raises(problem):
        await registry.book(booking_db, start)


async def test_the_database_itself_refuses_two_live_claims_of_one_tutor(
    booking_db: db.Sessions, registry: Registry
) -> None:
    """alextselegidis/easyappointments#845, betagouv/rdv-service-public#5367: a check at the form, none at the write."""
    booked = await registry.book(booking_db, TEN)
    with pytest.raises(sa.exc.IntegrityError, match="in_one_place"):
        async with db.transaction(booking_db) as session:
            await session.execute(
                sa.text(
                    "INSERT INTO claim (session_id, resource_id, busy, kind)"
                    " SELECT uuidv7(), resource_id, busy, kind FROM claim WHERE session_id = :id"
                ),
                {"id": booked},
            )


async def test_the_database_itself_refuses_an_appointment_without_its_time(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN)
    with pytest.raises(sa.exc.IntegrityError, match="has_its_time"):
        async with db.transaction(booking_db) as session:
            await session.execute(sa.text("DELETE FROM claim WHERE session_id = :id"), {"id": booked})


async def pretend_it_is_free(server: Postgres, sessions: db.Sessions, start: dt.datetime) -> None:
    """The free spans claim that a time is free, and go on claiming it."""
    async with db.transaction(sessions) as session:
        await session.execute(
            sa.text("UPDATE free_span SET first_start = :start, last_start = :start WHERE first_start < :end"),
            {"start": start, "end": helsinki(8, 14)},
        )
    as_owner(
        server,
        address_of(sessions),
        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        "CREATE TRIGGER keep BEFORE DELETE ON free_span FOR EACH ROW EXECUTE FUNCTION keep()",
    )


async def test_when_the_code_is_wrong_about_what_is_free_the_referee_decides(
    postgres: Postgres, booking_db: db.Sessions, registry: Registry
) -> None:
    await registry.book(booking_db, TEN)
    await pretend_it_is_free(postgres, booking_db, TEN)
    with pytest.raises(SlotTaken):
        await registry.book(booking_db, TEN)


async def test_many_at_once_for_one_time_give_one_appointment(booking_db: db.Sessions, registry: Registry) -> None:
    """calcom/cal.com#13397, #29958: two parallel requests both accepted."""
    answers = await asyncio.gather(*(registry.book(booking_db, TEN) for _ in range(40)), return_exceptions=True)
    kinds = Counter(type(answer).__name__ for answer in answers)
    assert kinds == {"UUID": 1, "SlotTaken": 39}


async def test_the_referee_decides_a_move_too(postgres: Postgres, booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    await registry.book(booking_db, helsinki(8, 12))
    await pretend_it_is_free(postgres, booking_db, helsinki(8, 12))
    with pytest.raises(SlotTaken):
        await move(booking_db, booked, registry.slot(helsinki(8, 12)))
    async with db.transaction(booking_db) as session:
        assert (await session.get_one(Appointment, booked)).starts == TEN


async def test_a_move_stays_within_the_organisation_while_it_has_time(
    booking_db: db.Sessions, registry: Registry
) -> None:
    """Whatever is refused, only times are named to which it may move."""
    other = Registry()
    await other.seed(booking_db)
    booked = await registry.book(booking_db, TEN)
    await registry.book(booking_db, helsinki(8, 13))
    for slot in (other.slot(helsinki(8, 12)), registry.slot(helsinki(8, 13))):
        with pytest.raises(SlotRefused) as refused:
            await move(booking_db, booked, slot)
        assert {each["offering_id"] for each in refused.value.extensions["alternatives"]} == {str(registry.offering)}
    assert TEN not in await free(booking_db, tutor=registry.tutor)


async def test_a_move_never_leaves_the_region(booking_db: db.Sessions, registry: Registry) -> None:
    """Not even when its own organisation has no time: a region may be an installation of its own one day."""
    there = Registry()
    await there.seed(booking_db, open=False)
    await there.change_point(booking_db, region="06")
    await there.change_tutor(booking_db, region="06")
    booked = await registry.book(booking_db, TEN)
    await registry.away(booking_db, dt.date(2027, 3, 1), dt.date(2028, 3, 1))
    with pytest.raises(WrongRegion):
        await move(booking_db, booked, there.slot(helsinki(8, 12)))


async def test_a_move_goes_to_a_colleague_or_to_another_organisation_when_there_is_nobody(
    booking_db: db.Sessions, registry: Registry
) -> None:
    other, colleague = Registry(), uuid.uuid4()
    await other.seed(booking_db)
    booked = await registry.book(booking_db, TEN)
    await registry.change_tutor(booking_db, colleague, display_name="Veikko")
    opened = await registry.open(booking_db, 2, "10:00", "11:00", tutor=colleague)
    await move(booking_db, booked, registry.slot(helsinki(9, 10), tutor=colleague))
    await registry.away(booking_db, dt.date(2027, 3, 1), dt.date(2028, 3, 1))
    theirs = context(registry.tutor_token(colleague))
    await acting(booking_db, hours.remove_availability, theirs, hours=opened, standing="keep")
    await move(booking_db, booked, other.slot(helsinki(8, 12)))
    async with db.transaction(booking_db) as session:
        row = await session.get_one(Appointment, booked)
        assert (row.organisation_id, row.tutor_id) == (other.organisation, other.tutor)
        told = await session.execute(sa.text("SELECT type, organisation_id FROM event ORDER BY seq DESC LIMIT 2"))
        assert [tuple(each) for each in told] == [
            ("fi.vuoro.appointment.moved", other.organisation),
            ("fi.vuoro.appointment.handed-over", registry.organisation),
        ]


async def test_help_by_phone_needs_a_number_to_call(booking_db: db.Sessions, registry: Registry) -> None:
    slot = SlotKey(registry.tutor, registry.offering, None, "phone", 30, TEN).encode()
    citizen = wire.Citizen(name="Aili", email="aili@example.fi")
    with pytest.raises(InvalidInput) as refused:
        await registry.book(booking_db, TEN, slot_id=slot, citizen=citizen)
    assert refused.value.errors is not None
    assert refused.value.errors[0].pointer == "/citizen/phone"


async def test_no_appointment_without_its_event(
    postgres: Postgres, booking_db: db.Sessions, registry: Registry
) -> None:
    as_owner(
        postgres,
        address_of(booking_db),
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'disk full'; END $$",
        "CREATE TRIGGER fail BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION fail()",
    )
    with pytest.raises(psycopg.errors.RaiseException):
        await registry.book(booking_db, TEN)
    async with db.transaction(booking_db) as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Appointment)) == 0
        assert await session.scalar(sa.select(sa.func.count()).select_from(Citizen)) == 0
    assert TEN in await free(booking_db)


async def test_a_cancelled_time_is_free_again_at_once(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    before = await free(booking_db)
    for _ in range(2):  # the second one changes nothing
        await cancel(booking_db, booked)
    assert TEN in set(await free(booking_db)) - set(before)
    async with db.transaction(booking_db) as session:
        events = await session.scalars(sa.select(Event.type).where(Event.subject == str(booked)).order_by(Event.seq))
        assert events.all() == ["fi.vuoro.appointment.booked", "fi.vuoro.appointment.cancelled"]


async def test_a_citizen_cannot_cancel_what_has_begun(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    with pytest.raises(WrongState):
        await cancel(booking_db, booked, now=TEN)


async def cancel(sessions: db.Sessions, booked: uuid.UUID, now: dt.datetime = NOW) -> None:
    await acting(sessions, changes.cancel, context(now=now), appointment_id=booked, actor="citizen")


async def move(sessions: db.Sessions, booked: uuid.UUID, slot: str) -> None:
    await acting(sessions, changes.move, appointment_id=booked, actor="citizen", slot_id=slot)


async def test_a_move_takes_the_new_time_and_frees_the_old(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    await move(booking_db, booked, registry.slot(helsinki(8, 12)))
    found = await free(booking_db)
    assert TEN in found
    assert helsinki(8, 12) not in found


async def test_a_move_to_a_taken_time_changes_nothing(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    await registry.book(booking_db, helsinki(8, 12))
    before = await free(booking_db)
    with pytest.raises(SlotTaken):
        await move(booking_db, booked, registry.slot(helsinki(8, 12)))
    assert await free(booking_db) == before
    async with db.transaction(booking_db) as session:
        assert (await session.get_one(Appointment, booked)).starts == TEN


async def test_an_appointment_can_move_onto_part_of_its_own_time(booking_db: db.Sessions) -> None:
    registry = Registry()
    await registry.seed(booking_db, duration_minutes=60, grid_minutes=15)
    booked = await registry.book(booking_db, TEN, slot_id=registry.slot(TEN, duration=60))
    await move(booking_db, booked, registry.slot(helsinki(8, 10, 15), duration=60))
    assert helsinki(8, 11, 15) in await free(booking_db)


async def test_what_was_decided_on_an_older_state_is_refused(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    await move(booking_db, booked, registry.slot(helsinki(8, 12)))
    with pytest.raises(ChangedMeanwhile):
        await acting(booking_db, changes.cancel, appointment_id=booked, actor="staff", if_match=0)
    async with db.transaction(booking_db) as session:
        row = await session.get_one(Appointment, booked)
    await acting(booking_db, changes.cancel, appointment_id=booked, actor="staff", if_match=row.sequence)


async def test_every_step_is_in_the_history_with_who_and_how_late(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    await move(booking_db, booked, registry.slot(helsinki(8, 12)))
    late = context(registry.staff(), helsinki(8, 11, 30))
    await acting(booking_db, changes.cancel, late, appointment_id=booked, actor="staff", reason="ill")
    async with db.transaction(booking_db) as session:
        rows = await session.execute(
            sa.text(
                "SELECT step, from_state, to_state, actor, caller, reason, minutes_before FROM transition ORDER BY id"
            )
        )
        steps = [tuple(row) for row in rows]
        with pytest.raises(sa.exc.DBAPIError, match="what happened is not changed"):
            await session.execute(sa.text("DELETE FROM transition"))
    week = 7 * 24 * 60 + 120
    assert steps == [
        ("book", None, "booked", "citizen", "anonymous:anonymous", None, week),
        ("move", "booked", "booked", "citizen", "anonymous:anonymous", None, week),
        ("cancel", "booked", "cancelled", "staff", "person:the-desk", "ill", 30),
    ]


async def series(sessions: db.Sessions, slot: str, count: int) -> uuid.UUID:
    citizen = wire.Citizen(name="Aili", phone="040 685 404")
    wanted = wire.SeriesInput(slot_id=slot, topic="e-services", citizen=citizen, count=count)
    return await acting(sessions, booking.book_series, wanted=wanted)


async def test_a_series_follows_the_wall_clock_through_the_change_to_summer_time(
    booking_db: db.Sessions, registry: Registry
) -> None:
    await registry.open(booking_db, 2, "10:00", "11:00")
    made = await series(booking_db, registry.slot(helsinki(16, 10)), 4)
    async with db.transaction(booking_db) as session:
        starts = await session.scalars(
            sa.select(Appointment.starts).where(Appointment.series_id == made).order_by(Appointment.starts)
        )
        assert [start.isoformat()[:16] for start in starts] == [
            "2027-03-16T08:00",
            "2027-03-23T08:00",
            "2027-03-30T07:00",
            "2027-04-06T07:00",
        ]
        await as_the_rules_say(await driver(session), [registry.tutor])


async def test_a_series_is_booked_whole_or_not_at_all_and_the_date_that_clashes_is_named(
    booking_db: db.Sessions, registry: Registry
) -> None:
    await registry.book(booking_db, helsinki(22, 10))
    before = await free(booking_db)
    with pytest.raises(Problem) as refused:
        await series(booking_db, registry.slot(TEN), 4)
    assert refused.value.slug == "series-clash"
    assert refused.value.extensions["date"] == "2027-03-22"
    assert "22.3.2027" in (refused.value.document("fi").detail or "")
    assert await free(booking_db) == before

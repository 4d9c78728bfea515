"""Booking, moving and cancelling, on a real database with an explicit clock."""

import asyncio
import datetime as dt
import random
import uuid
from collections import Counter

import pytest
import sqlalchemy as sa

from services.booking import access, store, views
from services.booking.actions import appointments, spans, time
from services.booking.domain.appointments import SlotKey
from services.booking.models import Appointment, Citizen, FreeSpan
from services.booking.problems import InThePast, NotASlot, SlotGone, SlotTaken, WrongState
from shared import db
from shared.auth import Principal
from shared.feed import Event
from shared.problems import Forbidden, InvalidInput, NotFound, Problem, SensitiveText, WrongRegion
from shared.schemas import booking as wire
from shared.schemas.people import Role
from tests.integration.registry import NOW, REGION, ZONE, Registry, free, helsinki

pytestmark = pytest.mark.anyio
TEN = helsinki(8, 10)


@pytest.fixture
async def registry(booking_db: db.Sessions) -> Registry:
    found = Registry()
    await found.sow(booking_db)
    return found


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
    with pytest.raises(sa.exc.IntegrityError, match="tutor_in_one_place"):
        async with db.transaction(booking_db) as session:
            await session.execute(
                sa.text(
                    "INSERT INTO appointment (region, organisation_id, tutor_id, offering_id, channel, topic, starts,"
                    " ends, busy, state, booked_by) SELECT region, organisation_id, tutor_id, offering_id, channel,"
                    " topic, starts, ends, busy, 'booked', 'x' FROM appointment WHERE id = :id"
                ),
                {"id": booked},
            )


async def test_when_the_code_is_wrong_about_what_is_free_the_referee_decides(
    booking_db: db.Sessions, registry: Registry
) -> None:
    await registry.book(booking_db, TEN)
    async with db.transaction(booking_db) as session:
        span = await session.scalar(
            sa.select(FreeSpan).where(FreeSpan.first_start > TEN, FreeSpan.first_start < helsinki(8, 14))
        )
        assert span is not None
        await session.execute(sa.update(FreeSpan).where(FreeSpan.id.is_not(None)).values(first_start=TEN))
    with pytest.raises(SlotTaken):
        await registry.book(booking_db, TEN)


async def test_many_at_once_for_one_time_give_one_appointment(booking_db: db.Sessions, registry: Registry) -> None:
    """calcom/cal.com#13397, #29958: two parallel requests both accepted."""
    answers = await asyncio.gather(*(registry.book(booking_db, TEN) for _ in range(40)), return_exceptions=True)
    kinds = Counter(type(answer).__name__ for answer in answers)
    assert kinds == {"UUID": 1, "SlotTaken": 39}


async def test_the_referee_decides_a_move_too(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    await registry.book(booking_db, helsinki(8, 12))
    async with db.transaction(booking_db) as session:  # the spans claim that noon is free, and go on claiming it
        spans_of_day = sa.update(FreeSpan).where(FreeSpan.first_start < helsinki(8, 14))
        await session.execute(spans_of_day.values(first_start=helsinki(8, 12)))
        await session.execute(
            sa.text(
                "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;"
                "CREATE TRIGGER keep BEFORE DELETE ON free_span FOR EACH ROW EXECUTE FUNCTION keep()"
            )
        )
    with pytest.raises(SlotTaken):
        await move(booking_db, booked, registry.slot(helsinki(8, 12)))
    async with db.transaction(booking_db) as session:
        assert (await session.get_one(Appointment, booked)).starts == TEN


async def test_a_move_stays_within_the_organisation(booking_db: db.Sessions, registry: Registry) -> None:
    other = Registry()
    await other.sow(booking_db)
    booked = await registry.book(booking_db, TEN)
    with pytest.raises(NotASlot):
        await move(booking_db, booked, other.slot(helsinki(8, 12)))
    assert TEN not in await free(booking_db, tutor=registry.tutor)


async def test_help_by_phone_needs_a_number_to_call(booking_db: db.Sessions, registry: Registry) -> None:
    slot = SlotKey(registry.tutor, registry.offering, None, "phone", TEN).encode()
    citizen = wire.Citizen(name="Aili", email="aili@example.fi")
    wanted = wire.AppointmentInput(slot_id=slot, topic="e-services", citizen=citizen)
    with pytest.raises(InvalidInput) as refused:
        async with db.transaction(booking_db) as session:
            await appointments.book(
                session, caller=Principal("anonymous"), wanted=wanted, secret="s" * 32, now=NOW, zone=ZONE
            )
    assert refused.value.errors is not None
    assert refused.value.errors[0].pointer == "/citizen/phone"


async def test_no_appointment_without_its_event(booking_db: db.Sessions, registry: Registry) -> None:
    async with db.transaction(booking_db) as session:
        await session.execute(
            sa.text(
                "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'disk full'; END $$;"
                "CREATE TRIGGER fail BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION fail()"
            )
        )
    with pytest.raises(sa.exc.DBAPIError):
        await registry.book(booking_db, TEN)
    async with db.transaction(booking_db) as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Appointment)) == 0
        assert await session.scalar(sa.select(sa.func.count()).select_from(Citizen)) == 0
    assert TEN in await free(booking_db)


async def test_a_cancelled_time_is_free_again_at_once(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    before = await free(booking_db)
    async with db.transaction(booking_db) as session:
        for _ in range(2):  # the second one changes nothing
            await appointments.cancel(session, appointment_id=booked, actor="citizen", now=NOW, zone=ZONE)
    assert TEN in set(await free(booking_db)) - set(before)
    async with db.transaction(booking_db) as session:
        events = await session.scalars(sa.select(Event.type).where(Event.subject == str(booked)).order_by(Event.seq))
        assert events.all() == ["fi.vuoro.appointment.booked", "fi.vuoro.appointment.cancelled"]


async def test_a_citizen_cannot_cancel_what_has_begun(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    with pytest.raises(WrongState):
        async with db.transaction(booking_db) as session:
            await appointments.cancel(session, appointment_id=booked, actor="citizen", now=TEN, zone=ZONE)


async def move(sessions: db.Sessions, booked: uuid.UUID, slot: str) -> None:
    async with db.transaction(sessions) as session:
        await appointments.reschedule(session, appointment_id=booked, actor="citizen", slot_id=slot, now=NOW, zone=ZONE)


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
    await registry.sow(booking_db, duration_minutes=60, grid_minutes=15)
    booked = await registry.book(booking_db, TEN)
    await move(booking_db, booked, registry.slot(helsinki(8, 10, 15)))
    assert helsinki(8, 11, 15) in await free(booking_db)


async def test_buffers_are_kept_free_on_both_sides(booking_db: db.Sessions) -> None:
    registry = Registry()
    await registry.sow(booking_db, buffer_before_minutes=10, buffer_after_minutes=20, grid_minutes=30)
    await registry.book(booking_db, helsinki(8, 12))
    monday = [start for start in await free(booking_db) if start.day == 8]
    # 12:00–12:30 is busy from 11:50 to 12:50, and others bring buffers of their own
    assert monday == [helsinki(8, 10), helsinki(8, 10, 30), helsinki(8, 11), helsinki(8, 13), helsinki(8, 13, 30)]


async def test_an_absence_closes_its_time_and_names_who_stands_in_it(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN)
    wanted = wire.AbsenceInput.model_validate({"from": "2027-03-08", "until": "2027-03-14"})
    async with db.transaction(booking_db) as session:
        absence = await time.add_absence(session, caller=registry.tutor_token(), wanted=wanted, now=NOW, zone=ZONE)
        shown = await views.one_absence(session, absence, ZONE)
    assert shown.appointments == [booked]
    assert not [start for start in await free(booking_db) if 8 <= start.day < 15 and start.month == 3]
    async with db.transaction(booking_db) as session:
        await time.remove_absence(session, caller=registry.tutor_token(), absence=absence, now=NOW, zone=ZONE)
    assert helsinki(8, 11) in await free(booking_db)


async def test_withdrawn_hours_are_no_longer_offered(booking_db: db.Sessions, registry: Registry) -> None:
    tuesday = await registry.open(booking_db, 2, "10:00", "11:00")
    assert helsinki(9, 10) in await free(booking_db)
    async with db.transaction(booking_db) as session:
        await time.remove_availability(session, caller=registry.tutor_token(), hours=tuesday, now=NOW, zone=ZONE)
    assert helsinki(9, 10) not in await free(booking_db)
    with pytest.raises(SlotGone):
        await registry.book(booking_db, helsinki(9, 10))


async def test_hours_across_the_change_to_summer_time(booking_db: db.Sessions, registry: Registry) -> None:
    found = await free(booking_db)
    before, after = dt.datetime(2027, 3, 22, 8, tzinfo=dt.UTC), dt.datetime(2027, 3, 29, 7, tzinfo=dt.UTC)
    assert before in found
    assert after in found
    assert await registry.book(booking_db, after)


async def spans_now(sessions: db.Sessions) -> list[tuple[object, ...]]:
    async with db.transaction(sessions) as session:
        columns = [column for column in FreeSpan.__table__.columns if column.name != "id"]
        return sorted(tuple(map(str, row)) for row in await session.execute(sa.select(*columns)))


async def test_spans_that_were_kept_up_equal_spans_made_anew(booking_db: db.Sessions) -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    registry = Registry()
    await registry.sow(booking_db, buffer_after_minutes=10, duration_minutes=45, grid_minutes=15)
    await registry.open(booking_db, 3, "22:00", "02:00")
    booked: list[uuid.UUID] = []
    for _ in range(25):
        if booked and chance.random() < 0.3:
            gone = booked.pop(chance.randrange(len(booked)))
            async with db.transaction(booking_db) as session:
                await appointments.cancel(session, appointment_id=gone, actor="staff", now=NOW, zone=ZONE)
        elif booked and chance.random() < 0.4:
            await move(booking_db, chance.choice(booked), registry.slot(chance.choice(await free(booking_db))))
        else:
            booked.append(await registry.book(booking_db, chance.choice(await free(booking_db))))
    kept = await spans_now(booking_db)
    async with db.transaction(booking_db) as session:
        await spans.refresh(session, registry.tutor, now=NOW, zone=ZONE)
    assert kept == await spans_now(booking_db)


async def test_spans_stay_true_when_changes_of_one_day_race(booking_db: db.Sessions, registry: Registry) -> None:
    booked = [await registry.book(booking_db, helsinki(8, 10)), await registry.book(booking_db, helsinki(8, 11))]

    async def cancel(appointment: uuid.UUID) -> None:
        async with db.transaction(booking_db) as session:
            await appointments.cancel(session, appointment_id=appointment, actor="staff", now=NOW, zone=ZONE)

    async def be_away() -> None:
        wanted = wire.AbsenceInput.model_validate(
            {"from": "2027-03-08T13:00:00+02:00", "until": "2027-03-08T13:30:00+02:00"}
        )
        async with db.transaction(booking_db) as session:
            await time.add_absence(session, caller=registry.tutor_token(), wanted=wanted, now=NOW, zone=ZONE)

    wanted = [helsinki(8, hour, minute) for hour in (10, 11, 12, 13) for minute in (0, 30)]
    answers = await asyncio.gather(
        *(registry.book(booking_db, start) for start in wanted * 2),
        *(cancel(appointment) for appointment in booked),
        be_away(),
        return_exceptions=True,
    )
    assert not [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, Problem)]
    kept = await spans_now(booking_db)
    async with db.transaction(booking_db) as session:
        await spans.refresh(session, registry.tutor, now=NOW, zone=ZONE)
    assert kept == await spans_now(booking_db)


async def test_the_next_day_brings_the_next_date_of_the_horizon(booking_db: db.Sessions, registry: Registry) -> None:
    later = NOW + dt.timedelta(days=7)
    async with db.transaction(booking_db) as session:
        assert await store.stale_tutors(session, NOW.date(), 10) == []
        assert await store.stale_tutors(session, later.date(), 10) == [registry.tutor]
        await spans.refresh(session, registry.tutor, now=later, zone=ZONE)
        assert await store.stale_tutors(session, later.date(), 10) == []
    found = await free(booking_db, now=later)
    assert max(found).date() == dt.date(2027, 5, 3)
    assert len(found) == 8 * 9


async def test_pages_of_the_search_miss_nothing_and_repeat_nothing(booking_db: db.Sessions) -> None:
    for _ in range(3):
        registry = Registry()
        await registry.sow(booking_db)
        await registry.open(booking_db, 3, "09:00", "17:00")
    from services.booking import search
    from services.booking.store import SlotQuery

    query = SlotQuery(topic="e-services", municipality="305")
    seen: list[str] = []
    after = None
    while True:
        async with db.transaction(booking_db) as session:
            page = await search.slots(session, query, now=NOW, zone=ZONE, limit=7, after=after, expand=False)
        seen += [slot.id for slot in page.items]
        after = page.next
        if after is None:
            break
    async with db.transaction(booking_db) as session:
        whole = await search.slots(session, query, now=NOW, zone=ZONE, limit=100_000, after=None, expand=False)
    assert seen == [slot.id for slot in whole.items]
    assert len(set(seen)) == len(seen) > 500
    starts = [slot.start for slot in whole.items]
    assert starts == sorted(starts)


async def test_help_by_phone_is_found_from_any_municipality_of_the_region(
    booking_db: db.Sessions, registry: Registry
) -> None:
    wanted = wire.AvailabilityInput.model_validate(
        {"weekday": 2, "from": "10:00", "to": "11:00", "channels": ["phone"]}
    )
    async with db.transaction(booking_db) as session:
        await time.add_availability(session, caller=registry.tutor_token(), wanted=wanted, now=NOW, zone=ZONE)
    assert helsinki(2, 10) in await free(booking_db, channel="phone")
    assert helsinki(2, 10) not in await free(booking_db)


# Who may see and do what.


def client(organisation: uuid.UUID | None, *scopes: str, region: str = REGION) -> Principal:
    return Principal("client", str(uuid.uuid4()), region, scopes=frozenset(scopes), client_organisation=organisation)


READ, WRITE = "appointments:read", "appointments:write"


async def test_one_organisation_never_sees_anothers_citizens(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    other = uuid.uuid4()
    strangers: list[tuple[Principal, type[Problem]]] = [
        (client(other, READ, WRITE), NotFound),
        (client(None, READ, WRITE), NotFound),
        (client(registry.organisation), Forbidden),
        (client(registry.organisation, READ, region="06"), WrongRegion),
        (Principal("person", "p", REGION, roles=(Role(role="staff", organisation_id=other),)), NotFound),
        (Principal("person", "p", REGION, roles=(Role(role="tutor", tutor_id=other),)), NotFound),
        (
            Principal(
                "person",
                "p",
                REGION,
                roles=(Role(role="staff", organisation_id=registry.organisation, service_point_id=other),),
            ),
            NotFound,
        ),
    ]
    async with db.transaction(booking_db) as session:
        row = await session.get_one(Appointment, booked)
        for stranger, problem in strangers:
            with pytest.raises(problem):
                access.require_view(stranger, row)
        for insider in (registry.tutor_token(), registry.staff(), client(registry.organisation, READ)):
            assert access.require_view(insider, row).citizen
        coordinator = Principal("person", "c", REGION, roles=(Role(role="coordinator"),))
        assert not access.require_view(coordinator, row).citizen
        with pytest.raises(Forbidden):
            access.require_actor(coordinator, access.require_view(coordinator, row))
        with pytest.raises(Forbidden):
            access.require_view(client(registry.organisation, WRITE), row)


async def test_a_client_that_may_only_write_moves_and_cancels_what_it_booked(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booker = client(None, WRITE)
    booked = await registry.book(booking_db, TEN, caller=booker)
    async with db.transaction(booking_db) as session:
        view = access.require_view(booker, await session.get_one(Appointment, booked))
    assert access.require_actor(booker, view) == "client"


async def test_the_days_list_holds_what_each_may_see(booking_db: db.Sessions, registry: Registry) -> None:
    other = Registry()
    await other.sow(booking_db)
    mine, theirs = await registry.book(booking_db, TEN), await other.book(booking_db, TEN)

    async def listed(caller: Principal) -> set[uuid.UUID]:
        async with db.transaction(booking_db) as session:
            row = access.visible(caller)
            return set(await session.scalars(sa.select(Appointment.id).where(row)))

    assert await listed(registry.tutor_token()) == {mine}
    assert await listed(registry.staff()) == {mine}
    assert await listed(client(other.organisation, READ)) == {theirs}
    assert await listed(client(uuid.uuid4(), READ)) == set()
    assert await listed(Principal("person", "c", REGION, roles=(Role(role="coordinator"),))) == {mine, theirs}
    assert await listed(Principal("person", "c", "06", roles=(Role(role="coordinator"),))) == set()


async def test_a_token_of_another_region_books_nothing(booking_db: db.Sessions, registry: Registry) -> None:
    with pytest.raises(WrongRegion):
        await registry.book(booking_db, TEN, caller=client(None, WRITE, region="06"))
    assert TEN in await free(booking_db)


async def test_a_tutor_manages_their_own_time_only(booking_db: db.Sessions, registry: Registry) -> None:
    other = Registry()
    await other.sow(booking_db)
    wanted = wire.AbsenceInput.model_validate(
        {"tutor_id": str(other.tutor), "from": "2027-03-08", "until": "2027-03-08"}
    )
    for caller in (registry.tutor_token(), registry.staff(), client(registry.organisation, "availability:write")):
        with pytest.raises(Forbidden):
            async with db.transaction(booking_db) as session:
                await time.add_absence(session, caller=caller, wanted=wanted, now=NOW, zone=ZONE)


@pytest.mark.parametrize("text", ["131052-308T", "FI21 1234 5600 0007 85"])
async def test_secrets_in_the_note_are_refused(booking_db: db.Sessions, registry: Registry, text: str) -> None:
    citizen = wire.Citizen(name="Aili", phone="040 685 404")
    wanted = wire.AppointmentInput(slot_id=registry.slot(TEN), topic="e-services", citizen=citizen, note=text)
    with pytest.raises(SensitiveText):
        async with db.transaction(booking_db) as session:
            await appointments.book(
                session, caller=Principal("anonymous"), wanted=wanted, secret="s" * 32, now=NOW, zone=ZONE
            )

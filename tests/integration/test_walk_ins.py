"""Who comes without a time: a stroke in the tally, or a number in the queue, and nothing of who it was."""

import asyncio
import datetime as dt
import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from deploy.local.postgres import Postgres
from services.booking.actions import walk_ins
from services.booking.problems import NobodyWaits, NotedTooLongAgo
from services.booking.reads import walk_ins as reads
from services.booking.store import walk_ins as store
from shared import db
from shared.auth import ANONYMOUS, Principal
from shared.feed import Event
from shared.problems import Forbidden, InvalidReference, NotFound, Problem, Unauthenticated
from shared.schemas import booking as wire
from shared.schemas.people import Role
from tests.conftest import as_owner
from tests.integration.plans import rows_read
from tests.integration.registry import REGION, ZONE, Registry, acting, address_of, connected, context, helsinki

pytestmark = pytest.mark.anyio
TEN = helsinki(8, 10)
TODAY = TEN.date()
DAY = dt.timedelta(days=1)
NIGHT_BEFORE = dt.datetime(2027, 10, 30, 20, 59, 59, tzinfo=dt.UTC)  # 23.59 on the eve of the day of 25 hours


async def note(
    sessions: db.Sessions,
    registry: Registry,
    state: str = "waiting",
    *,
    caller: Principal | None = None,
    now: dt.datetime = TEN,
    **more: Any,
) -> uuid.UUID:
    wanted = wire.WalkInInput.model_validate({"service_point_id": registry.point, "state": state, **more})
    return await acting(sessions, walk_ins.note, context(caller or registry.staff(), now), wanted=wanted)


async def call(sessions: db.Sessions, registry: Registry, *, now: dt.datetime = TEN) -> uuid.UUID:
    wanted = wire.NextWalkInInput(service_point_id=registry.point)
    return await acting(sessions, walk_ins.call_next, context(registry.staff(), now), wanted=wanted)


async def end(
    sessions: db.Sessions, registry: Registry, walk_in: uuid.UUID, now: dt.datetime = TEN, **how: Any
) -> None:
    outcome = wire.WalkInOutcomeInput.model_validate(how)
    await acting(sessions, walk_ins.end, context(registry.staff(), now), walk_in=walk_in, outcome=outcome)


async def remove(sessions: db.Sessions, registry: Registry, walk_in: uuid.UUID, now: dt.datetime = TEN) -> None:
    await acting(sessions, walk_ins.remove, context(registry.staff(), now), walk_in=walk_in)


async def tally(
    sessions: db.Sessions, registry: Registry, *, now: dt.datetime = TEN, date: dt.date | None = None
) -> wire.WalkInTally:
    async with connected(sessions) as connection:
        return await reads.tally(connection, registry.staff(), registry.point, date, now=now, zone=ZONE)


async def wall(sessions: db.Sessions, registry: Registry, now: dt.datetime = TEN) -> wire.Queue:
    async with connected(sessions) as connection:
        return await reads.queue(connection, registry.point, now=now, zone=ZONE)


async def told(sessions: db.Sessions) -> list[tuple[str, dict[str, object]]]:
    """The events of walk-ins: the last word of their types, and what they say."""
    async with db.transaction(sessions) as session:
        rows = await session.scalars(sa.select(Event).where(Event.type.like("%walk-in%")).order_by(Event.seq))
        return [(row.type.rpartition(".")[2], row.data) for row in rows]


def person(**role: object) -> Principal:
    return Principal("person", "x", REGION, roles=(Role.model_validate(role),))


async def test_the_tally_of_a_day_counts_who_was_helped_and_turned_away(
    booking_db: db.Sessions, registry: Registry
) -> None:
    await note(booking_db, registry, "helped", topic="e-services", minutes_helped=10, device="phone")
    await note(booking_db, registry, "turned_away")
    await note(booking_db, registry, "helped", now=TEN + DAY)
    found = await tally(booking_db, registry)
    assert (found.helped, found.turned_away, found.waiting, found.left) == (1, 1, 0, 0)
    assert [each.number for each in found.items] == [None, None]
    [helped, _, _] = await told(booking_db)
    assert helped[0] == "noted"
    said = {"state": "helped", "topic": "e-services", "minutes_helped": 10, "device": "phone", "date": f"{TODAY}"}
    assert helped[1].items() >= said.items()
    assert "noted_by" not in helped[1]


async def test_numbers_begin_anew_with_the_local_day(booking_db: db.Sessions, registry: Registry) -> None:
    for seconds in (0, 1, 2):  # midnight of Helsinki, in summer time
        await note(booking_db, registry, now=NIGHT_BEFORE + dt.timedelta(seconds=seconds))
    eve, day = NIGHT_BEFORE.date(), NIGHT_BEFORE.date() + DAY
    assert [each.number for each in (await tally(booking_db, registry, date=eve)).items] == [1]
    assert [each.number for each in (await tally(booking_db, registry, date=day)).items] == [2, 1]
    late = dt.datetime(2027, 10, 31, 21, 59, tzinfo=dt.UTC)  # 23.59 again, after an hour that came twice
    assert (await wall(booking_db, registry, late)).waiting == 2
    assert (await wall(booking_db, registry, late + dt.timedelta(minutes=1))).waiting == 0


async def test_who_waited_longest_is_called_and_the_wall_shows_their_number(
    booking_db: db.Sessions, registry: Registry
) -> None:
    first, second, _ = [await note(booking_db, registry) for _ in range(3)]
    assert await wall(booking_db, registry) == wire.Queue(called=[], waiting=3)
    assert await call(booking_db, registry) == first
    assert await call(booking_db, registry, now=TEN + dt.timedelta(minutes=1)) == second
    assert await wall(booking_db, registry) == wire.Queue(called=[2, 1], waiting=1)
    assert f"{(await tally(booking_db, registry)).items[0].came_at:%H.%M}" == "10.00"  # as the wall's clock has it
    await end(booking_db, registry, first, state="helped", topic="e-services")
    await end(booking_db, registry, second, state="left")
    assert await wall(booking_db, registry) == wire.Queue(called=[], waiting=1)
    found = await tally(booking_db, registry)
    assert (found.helped, found.left, found.waiting) == (1, 1, 1)
    assert [(kind, data["state"]) for kind, data in await told(booking_db)] == [("noted", "helped"), ("noted", "left")]


async def test_nobody_is_called_from_an_empty_queue_or_from_yesterday_s(
    booking_db: db.Sessions, registry: Registry
) -> None:
    await note(booking_db, registry, now=TEN - DAY)
    with pytest.raises(NobodyWaits):
        await call(booking_db, registry)


async def test_two_desks_that_call_at_once_call_two_people(booking_db: db.Sessions, registry: Registry) -> None:
    """As many desks as people wait, over and over, each with a connection of its own."""
    for _ in range(5):
        waiting = await asyncio.gather(*(note(booking_db, registry) for _ in range(4)))
        called = await asyncio.gather(*(call(booking_db, registry) for _ in range(4)))
        assert set(called) == set(waiting)


async def test_numbers_drawn_at_once_are_each_drawn_once(booking_db: db.Sessions, registry: Registry) -> None:
    await asyncio.gather(*(note(booking_db, registry) for _ in range(12)))
    assert sorted(each.number or 0 for each in (await tally(booking_db, registry)).items) == list(range(1, 13))


async def test_a_mistake_is_put_right_or_taken_back_until_the_end_of_the_next_day(
    booking_db: db.Sessions, registry: Registry
) -> None:
    noted = await note(booking_db, registry, "helped", minutes_helped=10)
    await end(booking_db, registry, noted, TEN + DAY, state="turned_away")
    found = await tally(booking_db, registry)
    assert (found.helped, found.turned_away) == (0, 1)
    with pytest.raises(NotedTooLongAgo):
        await end(booking_db, registry, noted, TEN + 2 * DAY, state="helped")
    with pytest.raises(NotedTooLongAgo):
        await remove(booking_db, registry, noted, TEN + 2 * DAY)
    await remove(booking_db, registry, noted, TEN + DAY)
    assert (await tally(booking_db, registry)).items == []
    assert [kind for kind, _ in await told(booking_db)] == ["noted", "noted", "removed"]
    with pytest.raises(NotFound):
        await remove(booking_db, registry, noted)


async def test_who_was_ended_by_a_slip_is_in_the_queue_again_with_their_number(
    booking_db: db.Sessions, registry: Registry
) -> None:
    waiting, gone = [await note(booking_db, registry) for _ in range(2)]
    called = await call(booking_db, registry)
    for each in (called, gone):
        await end(booking_db, registry, each, state="left")
        await remove(booking_db, registry, each)
    assert called == waiting
    found = {each.id: (each.state, each.number) for each in (await tally(booking_db, registry)).items}
    assert found == {called: ("called", 1), gone: ("waiting", 2)}
    await note(booking_db, registry)
    assert max(each.number or 0 for each in (await tally(booking_db, registry)).items) == 3
    assert [kind for kind, _ in await told(booking_db)] == ["noted", "removed"] * 2


async def test_who_still_waits_is_taken_back_without_a_word(booking_db: db.Sessions, registry: Registry) -> None:
    await remove(booking_db, registry, await note(booking_db, registry))
    assert await told(booking_db) == []


async def test_only_at_ones_own_place(booking_db: db.Sessions, registry: Registry) -> None:
    own, others = registry.organisation, uuid.uuid4()
    refused: list[tuple[Principal, type[Problem]]] = [
        (ANONYMOUS, Unauthenticated),
        (person(role="coordinator"), Forbidden),
        (person(role="staff", organisation_id=others), Forbidden),
        (person(role="staff", organisation_id=own, service_point_id=uuid.uuid4()), Forbidden),
        (person(role="tutor", tutor_id=uuid.uuid4(), organisation_id=own), Forbidden),
    ]
    noted = await note(booking_db, registry)
    for caller, problem in refused:
        with pytest.raises(problem):
            await note(booking_db, registry, caller=caller)
        with pytest.raises(problem):
            await acting(booking_db, walk_ins.remove, context(caller, TEN), walk_in=noted)
    with pytest.raises(InvalidReference):
        await note(booking_db, registry, service_point_id=uuid.uuid4())
    assert (await tally(booking_db, registry)).waiting == 1


async def test_a_tutor_notes_at_the_place_where_they_help_as_their_own_help(
    booking_db: db.Sessions, registry: Registry
) -> None:
    await note(booking_db, registry, "helped", caller=registry.tutor_token())
    [(_, data)] = await told(booking_db)
    assert data["tutor_id"] == str(registry.tutor)


async def test_a_coordinator_sees_the_tally_and_notes_nothing(booking_db: db.Sessions, registry: Registry) -> None:
    await note(booking_db, registry, "turned_away")
    async with connected(booking_db) as connection:
        found = await reads.tally(connection, person(role="coordinator"), registry.point, None, now=TEN, zone=ZONE)
    assert found.turned_away == 1


async def test_an_unknown_place_has_no_wall(booking_db: db.Sessions, registry: Registry) -> None:
    async with connected(booking_db) as connection:
        with pytest.raises(NotFound):
            await reads.queue(connection, uuid.uuid4(), now=TEN, zone=ZONE)


@pytest.mark.parametrize("state", ["waiting", "turned_away"])
def test_of_who_was_not_helped_there_is_no_length(state: str) -> None:
    with pytest.raises(ValueError, match="not helped"):
        wire.WalkInInput.model_validate({"service_point_id": uuid.UUID(int=1), "state": state, "minutes_helped": 10})


@pytest.mark.parametrize("statement", [store.OF_DAY, store.NEXT_NUMBER, store.CALL_NEXT])
async def test_a_day_is_read_alone(
    postgres: Postgres, booking_db: db.Sessions, registry: Registry, statement: str
) -> None:
    """Anybody may read a queue, and the wall reads it every five seconds. What the plan reads is counted, not timed."""
    await note(booking_db, registry)
    as_owner(
        postgres,
        address_of(booking_db),
        """INSERT INTO walk_in (region, organisation_id, service_point_id, date, number, state, came_at, noted_by)
           SELECT region, organisation_id, CASE WHEN n % 10 = 0 THEN service_point_id ELSE uuidv7() END,
                  date - n % 400, n, state, came_at, noted_by
           FROM walk_in, generate_series(1, 20000) AS n""",
        "ANALYZE walk_in",
    )
    values = {"point": registry.point, "date": TODAY, "now": TEN, "by": "x"}
    of_day = 20_000 / 400
    async with connected(booking_db) as connection:
        assert await rows_read(connection, statement, values) < 3 * of_day

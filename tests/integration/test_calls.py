"""The call list: who does not know that their appointment was changed, and whom no message reaches."""

import datetime as dt
import uuid
from typing import Any

import pytest
from pydantic import SecretStr

from deploy.local.postgres import Postgres
from services.booking.actions import calls as actions
from services.booking.actions import changes, outcomes
from services.booking.domain.calls import MOST_LOOKED_AT
from services.booking.reads import calls as reads
from services.booking.settings import Settings
from services.booking.store import calls as store
from services.booking.store.shown import SeenBy
from shared import db
from shared.auth import ANONYMOUS, Principal
from shared.problems import ChangedMeanwhile, Unauthenticated
from shared.roles import Within
from shared.schemas import booking as wire
from shared.schemas.people import Role
from tests.conftest import as_owner
from tests.integration.plans import rows_read
from tests.integration.registry import (
    NOW,
    REGION,
    SECRET,
    ZONE,
    Registry,
    acting,
    address_of,
    connected,
    context,
    helsinki,
)
from tests.integration.test_alternatives import reassign

pytestmark = pytest.mark.anyio
SETTINGS = Settings.model_construct(zone=ZONE, public_url="https://vuoro.example", secret=SecretStr(SECRET))
TEN, TWELVE = helsinki(8, 10), helsinki(8, 12)
LANDLINE = {"name": "Aili", "phone": "08 1234 567"}
NEITHER = {"name": "Tyyne", "unreachable": True}


async def calls(
    sessions: db.Sessions, caller: Principal, now: dt.datetime = NOW, **wanted: int
) -> list[tuple[uuid.UUID, str]]:
    return [(each.appointment.id, each.change) for each in (await listed(sessions, caller, now, **wanted)).items]


async def listed(sessions: db.Sessions, caller: Principal, now: dt.datetime = NOW, **wanted: int) -> wire.Calls:
    async with connected(sessions) as connection:
        return await reads.to_make(connection, caller, wire.CallsWanted(**wanted), SETTINGS, now=now)


async def tell(sessions: db.Sessions, registry: Registry, booked: uuid.UUID, if_match: int | None = None) -> None:
    await acting(sessions, actions.tell, context(registry.staff()), appointment_id=booked, if_match=if_match)


async def move(sessions: db.Sessions, registry: Registry, booked: uuid.UUID, to: dt.datetime, actor: str) -> None:
    await acting(sessions, changes.move, appointment_id=booked, actor=actor, slot_id=registry.slot(to))


@pytest.mark.parametrize(
    ("citizen", "way"),
    [
        (LANDLINE, "call"),
        (NEITHER, "desk"),
        ({"name": "Aili", "phone": "+46 70 123 45 67"}, "call"),  # to which no SMS goes
        ({"name": "Aili", "phone": "040 685 404"}, None),
        ({**LANDLINE, "email": "aili@example.fi"}, None),
    ],
)
async def test_whom_no_message_reaches_is_to_be_told(
    booking_db: db.Sessions, registry: Registry, citizen: dict[str, Any], way: str | None
) -> None:
    booked = await registry.book(booking_db, TEN, citizen=citizen)
    assert await calls(booking_db, registry.staff()) == []
    await acting(booking_db, changes.cancel, appointment_id=booked, actor="tutor")
    found = await listed(booking_db, registry.staff())
    assert [(each.change, each.way, each.was) for each in found.items] == ([("cancelled", way, TEN)] if way else [])
    assert found.total == len(found.items)


async def test_every_kind_of_change_by_somebody_else(booking_db: db.Sessions, registry: Registry) -> None:
    gone, other, moved = [
        await registry.book(booking_db, TEN + number * dt.timedelta(minutes=30), citizen=LANDLINE)
        for number in range(3)
    ]
    another = uuid.uuid4()
    await registry.change_tutor(booking_db, another)
    await registry.open(booking_db, 1, "10:00", "12:00", tutor=another)
    await move(booking_db, registry, moved, TWELVE, "staff")
    await reassign(booking_db, registry, other, to=another)
    await registry.away(booking_db, TEN.date(), TEN.date(), "offer")
    assert await calls(booking_db, registry.staff()) == [
        (gone, "displaced"),
        (other, "reassigned"),
        (moved, "displaced"),
    ]
    [*_, last] = (await listed(booking_db, registry.staff())).items
    assert last.was == TEN + dt.timedelta(hours=1)  # they have heard of neither


async def test_who_changes_it_themself_knows(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN, citizen=LANDLINE)
    await move(booking_db, registry, booked, TWELVE, "staff")
    await move(booking_db, registry, booked, TEN, "citizen")
    assert await calls(booking_db, registry.staff()) == []


async def test_who_was_told_is_off_the_list_until_the_next_change(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN, citizen=LANDLINE)
    await move(booking_db, registry, booked, TWELVE, "staff")
    for _ in range(2):
        await tell(booking_db, registry, booked)
        assert await calls(booking_db, registry.staff()) == []
    await acting(booking_db, changes.cancel, appointment_id=booked, actor="staff")
    [left] = (await listed(booking_db, registry.staff())).items
    assert (left.change, left.was) == ("cancelled", TWELVE)
    async with connected(booking_db) as connection:
        rows = await (
            await connection.execute("SELECT change, told_at, told_by FROM telling ORDER BY sequence")
        ).fetchall()
    assert rows == [("moved", NOW, "person:the-desk"), ("cancelled", None, None)]


async def test_nobody_is_told_what_is_overtaken(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN, citizen=LANDLINE)
    await move(booking_db, registry, booked, TWELVE, "staff")
    [seen] = (await listed(booking_db, registry.staff())).items
    await acting(booking_db, changes.cancel, appointment_id=booked, actor="tutor")
    with pytest.raises(ChangedMeanwhile):
        await tell(booking_db, registry, booked, seen.appointment.sequence)
    assert await calls(booking_db, registry.staff()) == [(booked, "cancelled")]


async def test_from_today_on_what_is_first_to_come_first(booking_db: db.Sessions, registry: Registry) -> None:
    late, early = [await registry.book(booking_db, start, citizen=LANDLINE) for start in (TWELVE, TEN)]
    for booked in (late, early):
        await acting(booking_db, changes.cancel, appointment_id=booked, actor="tutor")
    assert await calls(booking_db, registry.staff()) == [(early, "cancelled"), (late, "cancelled")]
    assert await calls(booking_db, registry.staff(), limit=1) == [(early, "cancelled")]
    assert await calls(booking_db, registry.staff(), TWELVE + dt.timedelta(hours=11)) != []
    assert await calls(booking_db, registry.staff(), TWELVE + dt.timedelta(hours=13)) == []
    counted = await listed(booking_db, registry.staff(), limit=0)
    assert (counted.items, counted.total) == ([], 2)


async def test_what_has_ended_otherwise_needs_no_call(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN, citizen=LANDLINE)
    await move(booking_db, registry, booked, TWELVE, "staff")
    after = context(registry.staff(), TWELVE + dt.timedelta(hours=1))
    came = wire.OutcomeInput(attended=True, result="solved")
    await acting(booking_db, outcomes.mark_outcome, after, appointment_id=booked, actor="staff", outcome=came)
    assert await calls(booking_db, registry.staff(), after.now) == []


async def test_as_far_as_one_may_see(booking_db: db.Sessions, registry: Registry) -> None:
    shown, hidden = [
        await registry.book(booking_db, start, citizen={**LANDLINE, "non_disclosure": is_hidden})
        for start, is_hidden in ((TEN, False), (TWELVE, True))
    ]
    for booked in (shown, hidden):
        await acting(booking_db, changes.cancel, appointment_id=booked, actor="tutor")
    both = [(shown, "cancelled"), (hidden, "cancelled")]
    desk, tutor = registry.staff(), registry.tutor_token()
    manager = Principal("person", "x", REGION, roles=(Role(role="manager", organisation_id=registry.organisation),))
    elsewhere = Principal("person", "x", REGION, roles=(Role(role="staff", organisation_id=uuid.uuid4()),))
    assert [await calls(booking_db, each) for each in (desk, tutor, manager, elsewhere)] == [both, both, both, []]
    named = [each.appointment.citizen for each in (await listed(booking_db, desk)).items]
    assert [each and each.phone for each in named] == ["+35881234567", None]
    assert [each.appointment.citizen for each in (await listed(booking_db, manager)).items] == [None, None]
    with pytest.raises(Unauthenticated):
        await calls(booking_db, ANONYMOUS)


COPIES = """
    INSERT INTO appointment (id, session_id, region, organisation_id, tutor_id, offering_id, channel, topic, starts,
        ends, state, booked_by)
    SELECT uuidv7(), uuidv7(), region, organisation_id, tutor_id, offering_id, channel, topic,
           starts - make_interval(days => n % 2000 - 5), ends - make_interval(days => n % 2000 - 5), state, booked_by
    FROM appointment, generate_series(1, 20000) AS n
"""
CITIZENS = """
    INSERT INTO citizen (appointment_id, name, phone, language, code_word, token_hash)
    SELECT id, 'x', '+35881234567', 'fi', 'x', sha256(id::text::bytea) FROM appointment
    ON CONFLICT DO NOTHING
"""
UNTOLD = """
    INSERT INTO telling (appointment_id, sequence, change, was, starts)
    SELECT id, 1, 'cancelled', starts, starts FROM appointment ON CONFLICT DO NOTHING
"""


async def test_the_list_reads_what_is_to_come_and_not_what_was(
    postgres: Postgres, booking_db: db.Sessions, registry: Registry
) -> None:
    """Also of a point that has next to nothing of it. What the plan reads is counted, not timed."""
    booked = await registry.book(booking_db, TEN, citizen=LANDLINE)
    await acting(booking_db, changes.cancel, appointment_id=booked, actor="tutor")
    as_owner(postgres, address_of(booking_db), COPIES, CITIZENS, UNTOLD, "ANALYZE telling, appointment, citizen")
    to_come = 20_000 / 2000 * 5
    for reach in (Within(region=REGION), Within(region=REGION, service_point=uuid.uuid4())):
        seen_by = SeenBy(REGION, "x", None, [reach])
        values = {**seen_by.values(), "since": TEN, "limit": MOST_LOOKED_AT}
        async with connected(booking_db) as connection:
            assert await rows_read(connection, store.UNTOLD, values) < 4 * to_come

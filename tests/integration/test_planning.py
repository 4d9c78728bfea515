"""Events of other services become messages in the outbox; on a real database."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from services.notify.actions.planning import apply_booking, apply_providers
from services.notify.models import Message
from shared import db
from shared.revoked import Revoked
from tests.integration.outbox import APPOINTMENT, NOW, START, Toy, happened, hear, of_appointment, rows

pytestmark = pytest.mark.anyio
ENTRY = {
    "id": str(APPOINTMENT),
    "state": "waiting",
    "topic": "e-services",
    "region": "17",
    "offered_until": None,
    "appointment_id": None,
}


async def test_every_channel_gets_its_messages_and_a_replay_adds_none(notify_db: db.Sessions, toy: Toy) -> None:
    await hear(notify_db, of_appointment("booked"), of_appointment("booked"))
    for name in ("sms", "email", toy.name):
        assert [row.kind for row in await rows(notify_db, name)] == ["confirmation", "reminder"]


async def test_a_cancellation_drops_what_is_due_and_is_sent(notify_db: db.Sessions, toy: Toy) -> None:
    await hear(notify_db, of_appointment("booked"), of_appointment("cancelled", 2, state="cancelled"))
    found = {(row.kind, row.state) for row in await rows(notify_db)}
    assert found == {("confirmation", "dropped"), ("reminder", "dropped"), ("cancelled", "due")}


async def test_an_offer_without_an_end_and_other_events_plan_nothing(notify_db: db.Sessions, toy: Toy) -> None:
    await hear(
        notify_db,
        happened("waitlist.offered", ENTRY),
        of_appointment("closed", 2),
        happened("something.new", {"a": 1}, 3),
    )
    assert await rows(notify_db) == []


async def test_whose_access_was_taken_away_is_kept(notify_db: db.Sessions) -> None:
    at = dt.datetime.now(dt.UTC)
    await hear(notify_db, happened("access.revoked", {"bearer": "person:1", "at": at.isoformat()}))
    async with db.transaction(notify_db) as session:
        assert await session.scalar(sa.select(Revoked.at)) == at


async def test_a_feed_that_is_read_from_the_beginning_leaves_what_is_due_as_it_was(
    notify_db: db.Sessions, toy: Toy
) -> None:
    """As after a restored database: each change drops what is due, its own and later messages of before among it."""
    later = (START + dt.timedelta(days=1)).isoformat()
    history = [of_appointment("booked"), of_appointment("moved", 2, start=later), of_appointment("reassigned", 3)]
    await hear(notify_db, *history)
    async with db.transaction(notify_db) as session:  # the first is sent, and one had nowhere to go
        sent, homeless = (sa.update(Message).where(Message.kind == kind) for kind in ("confirmation", "moved"))
        await session.execute(sent.values(state="sent", reason=None))
        await session.execute(homeless.values(state="dropped", reason="no address for this channel"))
    before = {(row.id, row.state) for row in await rows(notify_db)}
    assert [state for _id, state in before].count("due") == 2
    await hear(notify_db, *history)
    assert {(row.id, row.state) for row in await rows(notify_db)} == before


async def test_nothing_is_planned_on_a_channel_that_is_not_in_use(notify_db: db.Sessions) -> None:
    sign_in = happened("sign-in.requested", {"id": str(APPOINTMENT)}, 2)
    async with db.transaction(notify_db) as session:
        await apply_booking(session, of_appointment("booked"), channels=["email"])
        await apply_providers(session, sign_in, channels=["email"])
        assert set(await session.scalars(sa.select(Message.kind))) == {"confirmation", "reminder", "sign_in"}
        assert set(await session.scalars(sa.select(Message.channel))) == {"email"}


async def test_who_asks_for_it_again_is_told_once_for_each_time_they_ask(notify_db: db.Sessions, toy: Toy) -> None:
    first, second = (of_appointment("confirmation-asked", number) for number in (2, 3))
    await hear(notify_db, of_appointment("booked"), first, first, second)
    assert [row.kind for row in await rows(notify_db)] == ["confirmation"] * 3 + ["reminder"]
    assert {row.state for row in await rows(notify_db)} == {"due"}


@pytest.mark.parametrize(
    ("changed", "told"),
    [({"state": "displaced"}, ["displaced"]), ({"state": "attended"}, []), ({"start": NOW.isoformat()}, [])],
)
async def test_what_is_told_again_is_what_holds(
    notify_db: db.Sessions, toy: Toy, changed: dict[str, Any], told: list[str]
) -> None:
    await hear(notify_db, of_appointment("confirmation-asked", **changed))
    assert [row.kind for row in await rows(notify_db)] == told


@pytest.mark.parametrize("change", ["joined", "corrected"])
async def test_who_joins_the_waitlist_or_is_reached_anew_is_sent_the_link(
    notify_db: db.Sessions, toy: Toy, change: str
) -> None:
    joined = happened(f"waitlist.{change}", ENTRY)
    await hear(notify_db, joined, joined)
    [row] = await rows(notify_db)
    assert (row.kind, row.subject, row.region) == ("joined", APPOINTMENT, "17")

"""What is made anew when the copies are, and what goes with what the registry does not have."""

import uuid

import pytest
import sqlalchemy as sa

from services.booking.actions import rebuilding, recopying
from shared import db
from shared.feed_cursors import FeedCursor
from shared.following import Stuck
from shared.revoked import Revoked, revoke
from shared.schemas.common import CloudEvent
from tests.integration.registry import NOW, Registry, free, helsinki
from tests.integration.test_projection import event
from tests.integration.test_registry_copy import Feed, url_of

pytestmark = pytest.mark.anyio


class Nothing:
    """The feed of a registry in which nothing has happened yet."""

    async def events(self, _last_event_id: uuid.UUID | None, _wait_seconds: int, /) -> list[CloudEvent]:
        return []


class Broken:
    """A feed with one event, which cannot be read."""

    async def events(self, last_event_id: uuid.UUID | None, _wait_seconds: int, /) -> list[CloudEvent]:
        return [] if last_event_id else [event("tutor.changed", {"id": "x"})]


async def test_whose_access_was_taken_away_is_out_though_the_worker_never_reads_it(
    providers_db: db.Sessions, booking_db: db.Sessions
) -> None:
    """The cursor moves on to what the rebuild has read, so that nobody else reads what lies between."""
    client = uuid.uuid4()
    async with db.transaction(providers_db) as session:
        await revoke(session, "client", client)
    async with db.pool(url_of(booking_db), size=1) as pool:
        await recopying.recopy(pool, Feed(providers_db), lambda _events: None)
    async with db.transaction(booking_db) as session:
        assert (await session.scalars(sa.select(Revoked.bearer))).all() == [f"client:{client}"]


async def test_a_registry_in_which_nothing_has_happened_is_followed_from_its_beginning(
    booking_db: db.Sessions, registry: Registry
) -> None:
    async with db.transaction(booking_db) as session:
        session.add(FeedCursor(source="providers", last_event_id=uuid.uuid4(), stuck_since=NOW, stuck_reason="x"))
    async with db.pool(url_of(booking_db), size=1) as pool:
        assert (await recopying.recopy(pool, Nothing(), lambda _events: None))["tutor"] == 1
    async with db.transaction(booking_db) as session:
        found = (await session.execute(sa.select(FeedCursor.last_event_id, FeedCursor.stuck_since))).all()
    assert [tuple(row) for row in found] == [(None, None)]


async def test_an_event_that_cannot_be_applied_is_named_and_nothing_is_changed(
    booking_db: db.Sessions, registry: Registry
) -> None:
    async with db.pool(url_of(booking_db), size=1) as pool:
        with pytest.raises(Stuck) as stuck:
            await recopying.recopy(pool, Broken(), lambda _events: None)
    assert stuck.value.event is not None
    assert stuck.value.event.type == "fi.vuoro.tutor.changed"
    assert await free(booking_db)


@pytest.mark.parametrize(
    ("table", "left"), [("tutor", False), ("offering", False), ("service_point", True), ("organisation", True)]
)
async def test_free_spans_go_with_what_is_gone(
    booking_db: db.Sessions, registry: Registry, table: str, left: bool
) -> None:
    """Without a place there is still help by phone."""
    await registry.open(booking_db, 2, "10:00", "12:00", service_point_id=None, channels=["phone"])
    async with db.transaction(booking_db) as session:
        await session.execute(sa.text(f"DELETE FROM {table}"))
    async with db.pool(url_of(booking_db), size=1) as pool:
        assert bool(await rebuilding.drop_gone(pool)) == (table != "organisation")
        assert await rebuilding.drop_gone(pool) == 0
    assert bool(await free(booking_db, channel="phone")) == left
    assert bool(await free(booking_db, channel="on_site")) == (table == "organisation")


async def test_visits_whose_tutor_is_gone_are_told(booking_db: db.Sessions, registry: Registry) -> None:
    visit = await registry.book(booking_db, helsinki(8, 10))
    async with db.pool(url_of(booking_db), size=1) as pool:
        assert await rebuilding.without_tutor(pool, NOW) == []
        async with db.transaction(booking_db) as session:
            await session.execute(sa.text("DELETE FROM tutor"))
        (found,) = await rebuilding.without_tutor(pool, NOW)
        assert (found.id, found.tutor_id) == (visit, registry.tutor)
        assert await rebuilding.without_tutor(pool, helsinki(9, 10)) == []

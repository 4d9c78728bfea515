"""Weekly hours as a calendar, out and back in."""

import datetime as dt
import uuid

import pytest

from services.booking.actions import hours_ics
from services.booking.store import hours as store
from services.booking.store.hours import AvailabilityRow
from shared import db
from tests.integration.registry import Registry, acting, connected, context

pytestmark = pytest.mark.anyio


async def test_what_is_given_is_taken_back_unchanged(booking_db: db.Sessions) -> None:
    """Also the hours of one service point when those of another are asked for, and remote ones."""
    registry = await two_places(booking_db)
    before = await rows(booking_db, registry)
    assert len(before) == 3
    text = await given(booking_db, registry)
    for place in (None, registry.point):
        await take(booking_db, registry, text, place)
        assert await rows(booking_db, registry) == before


async def test_hours_that_were_given_may_be_changed_and_stay_where_they_are(booking_db: db.Sessions) -> None:
    registry = await two_places(booking_db)
    before = {row.id: row for row in await rows(booking_db, registry)}
    text = (await given(booking_db, registry)).replace(b"T100000", b"T093000")
    await take(booking_db, registry, text, None)
    after = {row.id: row for row in await rows(booking_db, registry)}
    assert after.keys() == before.keys()
    for row in after.values():
        was = before[row.id]
        assert (row.service_point_id, row.channels) == (was.service_point_id, was.channels)
        changed = was.opens == dt.time(10)
        assert row.opens == (dt.time(9, 30) if changed else was.opens)
        assert row.version == was.version + changed


async def test_hours_of_the_place_that_are_not_there_any_more_are_withdrawn(booking_db: db.Sessions) -> None:
    registry = await two_places(booking_db)
    before = await rows(booking_db, registry)
    text = await given(booking_db, registry)
    kept = next(row for row in before if row.service_point_id is None)
    others = [part for part in text.split(b"BEGIN:AVAILABLE") if str(kept.id).encode() not in part]
    await take(booking_db, registry, b"BEGIN:AVAILABLE".join(others), None)
    assert {row.id for row in await rows(booking_db, registry)} == {row.id for row in before} - {kept.id}


async def two_places(booking_db: db.Sessions) -> Registry:
    """A tutor with hours at a service point on Mondays, remote ones on Tuesdays, and ones at another point."""
    registry, other = Registry(), uuid.uuid4()
    await registry.seed(booking_db)
    await registry.change_point(booking_db, id=other)
    await registry.open(booking_db, 2, "12:00", "14:00", service_point_id=None, channels=["phone"])
    await registry.open(booking_db, 3, "10:00", "15:00", service_point_id=other)
    return registry


async def given(booking_db: db.Sessions, registry: Registry) -> bytes:
    async with connected(booking_db) as connection:
        tutor = context(registry.tutor_token())
        return await hours_ics.export_hours(connection, tutor, tutor_id=registry.tutor)


async def take(booking_db: db.Sessions, registry: Registry, text: bytes, place: uuid.UUID | None) -> None:
    tutor = context(registry.tutor_token())
    what = {"text": text, "tutor_id": registry.tutor, "service_point_id": place, "standing": None}
    await acting(booking_db, hours_ics.import_hours, tutor, **what)


async def rows(booking_db: db.Sessions, registry: Registry) -> list[AvailabilityRow]:
    async with connected(booking_db) as connection:
        return sorted(await store.availability_of(connection, registry.tutor), key=lambda row: row.id)

"""Citizens' details are erased when their time has come, or at once when asked; what happened stays."""

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from services.booking.actions import changes, erasure
from services.booking.models import Appointment, Citizen
from services.booking.reads import recipients
from services.booking.settings import Settings
from shared import db
from shared.db import driver
from shared.problems import NotFound
from shared.retention import FAREWELL_KEPT
from shared.schemas import providers
from tests.integration.registry import (
    KUUSAMO,
    NAME,
    NOW,
    REGION,
    SECRET,
    ZONE,
    Registry,
    acting,
    as_the_rules_say,
    connected,
    context,
    found,
    free,
    helsinki,
)

pytestmark = pytest.mark.anyio
TEN = helsinki(8, 10)
DAY = dt.timedelta(days=1)


async def forget(sessions: db.Sessions, now: dt.datetime) -> int:
    async with db.transaction(sessions) as session:
        return await erasure.erase_old(await driver(session), context(now=now))


async def known(sessions: db.Sessions, booked: uuid.UUID) -> Citizen | None:
    async with db.transaction(sessions) as session:
        return await session.get(Citizen, booked)


@pytest.mark.parametrize("days", [None, 10])
async def test_details_are_kept_as_long_as_the_organisation_says(
    booking_db: db.Sessions, registry: Registry, days: int | None
) -> None:
    if days is not None:
        state = providers.Organisation(
            id=registry.organisation,
            region=REGION,
            name=NAME,
            kind="library",
            municipality=KUUSAMO,
            retention_days=days,
        )
        async with db.transaction(booking_db) as session:
            await registry.apply(session, "organisation.changed", state)
    booked = await registry.book(booking_db, TEN)
    over = TEN + dt.timedelta(minutes=30) + (days or 90) * DAY
    assert await forget(booking_db, over) == 0
    assert await known(booking_db, booked) is not None
    assert await forget(booking_db, over + DAY) == 1
    assert await known(booking_db, booked) is None
    async with db.transaction(booking_db) as session:
        assert (await session.get_one(Appointment, booked)).starts == TEN
        steps = await session.scalars(sa.text("SELECT step FROM transition ORDER BY id"))
        assert list(steps) == ["book", "erase"]


async def test_erased_at_once_when_asked_and_its_time_is_free_again(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN)
    await acting(booking_db, erasure.erase, appointment_id=booked, actor="citizen")
    assert await known(booking_db, booked) is None
    assert TEN in await free(booking_db)
    async with db.transaction(booking_db) as session:
        assert (await session.get_one(Appointment, booked)).state == "cancelled"
        await as_the_rules_say(await driver(session), [registry.tutor])
        told = await session.scalars(sa.text("SELECT type FROM event ORDER BY seq"))
        assert list(told)[-1] == "fi.vuoro.appointment.erased"


async def whom_to_tell(sessions: db.Sessions, booked: uuid.UUID) -> tuple[bool, str | None, str]:
    """Whether the recipient of a message about an appointment is erased; their number; the visit's state."""
    settings = Settings.model_construct(secret=SecretStr(SECRET), zone=ZONE, public_url="https://vuoro.example")
    async with connected(sessions) as connection:
        found = await recipients.recipient(connection, booked, settings)
    return found.erased, found.phone, found.state


async def test_who_is_erased_before_the_visit_can_still_be_told_that_it_was_cancelled(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN, note="Kelan hakemus")
    await acting(booking_db, erasure.erase, appointment_id=booked, actor="citizen")
    assert await whom_to_tell(booking_db, booked) == (True, "+35840685404", "cancelled")
    async with connected(booking_db) as connection:
        kept = await (await connection.execute("SELECT to_jsonb(farewell) FROM farewell")).fetchall()
    assert not any(secret in str(kept) for secret in ("Aili", "Kela"))
    # Whether or not the message is out: if `notify` is down for long, it is not sent, and nobody is kept for it.
    await forget(booking_db, NOW + FAREWELL_KEPT - dt.timedelta(seconds=1))
    assert (await whom_to_tell(booking_db, booked))[0]
    await forget(booking_db, NOW + FAREWELL_KEPT)
    with pytest.raises(NotFound):
        await whom_to_tell(booking_db, booked)


async def test_erasing_twice_erases_once(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    for _ in range(2):
        await acting(booking_db, erasure.erase, appointment_id=booked, actor="citizen")
    async with db.transaction(booking_db) as session:
        steps = await session.scalars(sa.text("SELECT step FROM transition ORDER BY id"))
        assert list(steps) == ["book", "cancel", "erase"]


async def test_who_is_erased_after_the_visit_is_told_of_nothing(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    await acting(booking_db, erasure.erase, context(now=TEN + DAY), appointment_id=booked, actor="citizen")
    with pytest.raises(NotFound):
        await whom_to_tell(booking_db, booked)


async def test_details_of_a_cancelled_visit_go_a_week_after_it_was_cancelled(
    booking_db: db.Sessions, registry: Registry
) -> None:
    kept, cancelled = await registry.book(booking_db, TEN), await registry.book(booking_db, TEN + dt.timedelta(hours=1))
    await acting(booking_db, changes.cancel, context(now=NOW + DAY), appointment_id=cancelled, actor="citizen")
    assert await forget(booking_db, NOW + 8 * DAY) == 0
    assert await forget(booking_db, NOW + 8 * DAY + dt.timedelta(seconds=1)) == 1
    assert await known(booking_db, cancelled) is None
    assert await known(booking_db, kept) is not None


async def test_erasing_a_visit_that_is_over_leaves_its_outcome(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    later = context(now=TEN + DAY)
    await acting(booking_db, erasure.erase, later, appointment_id=booked, actor="citizen")
    async with db.transaction(booking_db) as session:
        assert (await session.get_one(Appointment, booked)).state == "booked"
    assert await known(booking_db, booked) is None


async def test_a_home_address_is_erased_the_day_after_the_visit(booking_db: db.Sessions, registry: Registry) -> None:
    await registry.change_offering(booking_db, channels=["home"])
    await registry.change_tutor(booking_db, channels=["home"], home_municipalities=[KUUSAMO])
    await registry.open(booking_db, 2, "10:00", "14:00", service_point_id=None, channels=["home"])
    slot = (await found(booking_db, channel="home")).items[0]
    booked = await registry.book(booking_db, slot.start, slot_id=slot.id, address="Kotitie 1")
    for when, address in ((slot.end + DAY - dt.timedelta(minutes=1), "Kotitie 1"), (slot.end + 2 * DAY, None)):
        await forget(booking_db, when)
        citizen = await known(booking_db, booked)
        assert citizen is not None
        assert citizen.address == address

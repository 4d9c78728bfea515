"""What is done without signing in is counted by address, contact, appointment and region, in the database."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest

from services.booking.actions import limits
from services.booking.actions.context import Context
from services.booking.domain.limits import DAY, HOUR, What, uses
from services.booking.problems import LimitReached
from services.booking.store import limits as store
from services.booking.store.limits import Retry, Where
from shared import db
from shared.idempotency import CLAIM
from shared.schemas import booking as wire
from tests.integration.registry import KUUSAMO, NOW, Registry, connected, context, helsinki

pytestmark = pytest.mark.anyio
NO_RETRY = Retry(("anonymous",), None)
AILI = wire.Citizen(name="Aili", phone="040 685 404", email="aili@example.fi")
NOBODY = wire.Citizen(name="Tyyne", unreachable=True)


def somebody(address: str, *, factor: float = 1, now: dt.datetime = NOW) -> Context:
    return replace(context(now=now), address=address, limit_factor=factor)


async def book(booking_db: db.Sessions, registry: Registry, asked: Context, citizen: wire.Citizen) -> None:
    async with connected(booking_db) as connection:
        await limits.limit_at_slot(connection, asked, "book", registry.key(helsinki(8, 10)), citizen)


async def test_a_contact_is_counted_wherever_it_comes_from_until_the_next_day(
    booking_db: db.Sessions, registry: Registry
) -> None:
    for number in range(6):
        await book(booking_db, registry, somebody(f"192.0.2.{number}"), AILI)
    phone_alone = AILI.model_copy(update={"email": None, "phone": "+35840685404"})
    for citizen in (AILI, phone_alone, AILI.model_copy(update={"phone": None, "email": " AILI@example.fi"})):
        with pytest.raises(LimitReached) as refused:
            await book(booking_db, registry, somebody("192.0.2.9"), citizen)
    assert refused.value.headers["RateLimit-Policy"] == '"anonymous";q=6;w=86400'
    await book(booking_db, registry, somebody("192.0.2.9", now=NOW + DAY), AILI)


async def test_an_appointment_is_corrected_so_often_and_a_contact_is_told_so_often(booking_db: db.Sessions) -> None:
    asked, appointment = somebody("192.0.2.1"), uuid.uuid4()
    async with connected(booking_db) as connection:
        for number in range(5):
            stranger = AILI.model_copy(update={"phone": f"040 123 456{number}", "email": None})
            await limits.limit_corrections(connection, asked, appointment, stranger)
        with pytest.raises(LimitReached):
            await limits.limit_corrections(connection, asked, appointment, AILI)
        for _ in range(6):  # the one above was refused, and counts for nothing
            await limits.limit_corrections(connection, asked, uuid.uuid4(), AILI)
        with pytest.raises(LimitReached):
            await limits.limit_corrections(connection, asked, uuid.uuid4(), AILI)


async def test_an_address_is_counted_for_whomever_it_books(booking_db: db.Sessions, registry: Registry) -> None:
    few, slot = somebody("192.0.2.1", factor=0.1), registry.key(helsinki(8, 10))
    async with connected(booking_db) as connection:
        for _ in range(12):
            await limits.limit_at_slot(connection, few, "hold", slot)
        with pytest.raises(LimitReached):
            await limits.limit_at_slot(connection, few, "hold", slot)
        await limits.limit_at_slot(connection, replace(few, address="192.0.2.2"), "hold", slot)


@pytest.mark.parametrize(("what", "citizen"), [("hold", None), ("book", AILI), ("book_unreachable", NOBODY)])
async def test_who_has_used_up_what_their_own_address_may_takes_nothing_from_others(
    booking_db: db.Sessions, registry: Registry, what: What, citizen: wire.Citizen | None
) -> None:
    """One address closed a whole region for the day by trying on after it was refused."""
    asked, slot = somebody("192.0.2.1", factor=0.001), registry.key(helsinki(8, 10))  # one of each
    async with connected(booking_db) as connection:
        await limits.limit_at_slot(connection, asked, what, slot, citizen)
        for _ in range(3):
            with pytest.raises(LimitReached):
                await limits.limit_at_slot(connection, asked, what, slot, citizen)
        counts = await (await connection.execute("SELECT DISTINCT count FROM anonymous_use")).fetchall()
    assert counts == [(1,)]


async def test_limits_may_be_so_high_that_there_are_none(booking_db: db.Sessions, registry: Registry) -> None:
    await book(booking_db, registry, somebody("192.0.2.1", factor=1_000_000), AILI)


async def test_a_line_of_ipv6_is_counted_as_one_address(booking_db: db.Sessions, registry: Registry) -> None:
    """It has 2⁶⁴ of them, and a caller may take another for each request."""
    slot = registry.key(helsinki(8, 10))
    async with connected(booking_db) as connection:
        for number in range(12):
            await limits.limit_at_slot(connection, somebody(f"2001:db8:0:1::{number:x}", factor=0.1), "hold", slot)
        with pytest.raises(LimitReached):
            await limits.limit_at_slot(connection, somebody("2001:db8:0:1:ffff::", factor=0.1), "hold", slot)
        await limits.limit_at_slot(connection, somebody("2001:db8:0:2::1", factor=0.1), "hold", slot)


async def test_a_region_is_counted_whoever_it_is_and_another_is_not_hindered(
    booking_db: db.Sessions, registry: Registry
) -> None:
    elsewhere = Registry()
    await elsewhere.change_point(booking_db, region="06")
    here, there = Where(point=registry.point), Where(point=elsewhere.point)
    [use] = uses("hold", {"region": [""]}, NOW, factor=0.001)
    async with connected(booking_db) as connection:
        for _ in range(5):
            await store.count(connection, [((), use)], here, NO_RETRY)
        assert await store.count(connection, [((), use)], here, NO_RETRY) == {"hold region": 6}
        assert await store.count(connection, [((), use)], there, NO_RETRY) == {"hold region": 1}
        places = (Where(tutor=registry.tutor), Where(offering=registry.offering), Where(municipality=KUUSAMO))
        for same in places:  # what is too much is not counted
            assert await store.count(connection, [((), use)], same, NO_RETRY) == {"hold region": 6}


async def test_a_retry_of_what_was_done_is_not_counted_again(booking_db: db.Sessions, registry: Registry) -> None:
    asked = replace(somebody("192.0.2.1"), key="k")
    async with connected(booking_db) as connection:
        for done, counted in ((False, 1), (False, 2), (True, 2)):
            if done:  # what the unit of work writes in the transaction of the booking
                [caller] = asked.whose_keys
                row = {"caller": caller, "formerly": [], "key": "k", "hash": b"same", "kept": DAY}
                await connection.execute(CLAIM, row)
            await limits.limit_at_slot(connection, asked, "book", registry.key(helsinki(8, 10)), AILI)
            uses = "SELECT DISTINCT count FROM anonymous_use WHERE what = 'book contact'"
            assert await (await connection.execute(uses)).fetchall() == [(counted,)]


async def test_a_series_is_counted_by_its_visits(booking_db: db.Sessions, registry: Registry) -> None:
    slot = registry.key(helsinki(8, 10))
    async with connected(booking_db) as connection:
        await limits.limit_at_slot(connection, somebody("192.0.2.1"), "series", slot, AILI, times=12)
        with pytest.raises(LimitReached):
            await limits.limit_at_slot(connection, somebody("192.0.2.2"), "series", slot, AILI, times=1)


@pytest.mark.parametrize(
    ("left", "words"), [(dt.timedelta(minutes=90), "in 90 minutes"), (dt.timedelta(minutes=91), "in 2 hours")]
)
def test_how_long_to_wait_is_said_as_people_say_it(left: dt.timedelta, words: str) -> None:
    assert words in str(LimitReached(6, DAY, left).document("en").detail)


async def test_who_has_signed_in_is_not_counted(booking_db: db.Sessions, registry: Registry) -> None:
    desk = replace(context(registry.staff()), address="192.0.2.1", limit_factor=0.0001)
    for _ in range(3):
        await book(booking_db, registry, desk, AILI)


async def test_counts_are_forgotten(booking_db: db.Sessions, registry: Registry) -> None:
    await book(booking_db, registry, somebody("192.0.2.1"), AILI)
    async with connected(booking_db) as connection:
        await store.forget_counts(connection, NOW + DAY)
        row = await (await connection.execute("SELECT count(*) FROM anonymous_use")).fetchone()
    assert row == (0,)


async def test_neither_addresses_nor_contacts_are_kept(booking_db: db.Sessions, registry: Registry) -> None:
    await book(booking_db, registry, somebody("192.0.2.1"), AILI)
    async with connected(booking_db) as connection:
        kept = str(await (await connection.execute("SELECT * FROM anonymous_use")).fetchall())
    assert not any(secret in kept for secret in ("192.0.2.1", "685404", "aili"))


@pytest.mark.parametrize(("later", "same"), [(dt.timedelta(minutes=59), True), (HOUR, False)])
def test_windows_begin_at_whole_hours(later: dt.timedelta, same: bool) -> None:
    now = dt.datetime(2027, 3, 28, 1, 0, tzinfo=dt.UTC)  # when the clocks change in Helsinki
    [first] = uses("move", {"address": ["x"]}, now)
    [second] = uses("move", {"address": ["x"]}, now + later)
    assert (first.since == second.since) == same
    assert first.until == now + HOUR

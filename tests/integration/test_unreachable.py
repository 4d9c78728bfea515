"""Who has neither a phone number nor an e-mail address books where they come to a place, and nowhere else."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest

from services.booking.actions import changes, limits, waitlist
from services.booking.actions.booking import book
from services.booking.actions.context import Context
from services.booking.actions.correcting import correct
from services.booking.domain.limits import DAY
from services.booking.problems import AppointmentsAffected, LimitReached
from services.booking.store import citizens
from shared import db
from shared.advice import ADVICE
from shared.problems import InvalidInput
from shared.schemas import booking as wire
from tests.integration.registry import NOW, Registry, acting, connected, context, helsinki

pytestmark = pytest.mark.anyio
TYYNE = wire.Citizen(name="Tyyne", unreachable=True)
TEN = helsinki(8, 10)


def somebody(address: str, *, factor: float = 1, now: dt.datetime = NOW) -> Context:
    return replace(context(now=now), address=address, limit_factor=factor)


async def count(booking_db: db.Sessions, registry: Registry, asked: Context, start: dt.datetime = TEN) -> bool:
    wanted = wire.AppointmentInput(slot_id=registry.slot(start), topic="e-services", citizen=TYYNE)
    async with connected(booking_db) as connection:
        return await limits.limit_bookings(connection, asked, wanted)


async def kept(booking_db: db.Sessions, booked: uuid.UUID) -> citizens.CitizenDetails | None:
    async with connected(booking_db) as connection:
        return await citizens.get(connection, booked)


async def correct_to(booking_db: db.Sessions, registry: Registry, booked: uuid.UUID, citizen: wire.Citizen) -> None:
    wanted = wire.CorrectionInput(citizen=citizen)
    await acting(booking_db, correct, registry.asked(), appointment_id=booked, actor="citizen", wanted=wanted)


async def test_they_book_at_a_place_and_nothing_that_needs_a_contact(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN, citizen=TYYNE)
    citizen = await kept(booking_db, booked)
    assert citizen is not None
    assert (citizen.phone, citizen.email) == (None, None)
    for channel, kind in (("phone", "phone_needed"), ("video", "contact_needed"), ("home", "contact_needed")):
        slot = registry.key(TEN)._replace(channel=channel, service_point_id=None).encode()
        with pytest.raises(InvalidInput) as refused:
            await registry.book(
                booking_db, TEN, slot_id=slot, citizen=TYYNE, address="Tie 1" if channel == "home" else None
            )
        [error] = refused.value.errors or []
        assert error.pointer == "/citizen/phone"
        assert error.detail == ADVICE[kind]


async def test_they_are_not_asked_to_verify_and_book_little(booking_db: db.Sessions, registry: Registry) -> None:
    for number in range(3):
        assert not await count(booking_db, registry, somebody(f"192.0.2.{number}"))
    with pytest.raises(LimitReached):  # of one date at one place
        await count(booking_db, registry, somebody("192.0.2.9"))
    for week in range(2):
        await count(booking_db, registry, somebody("192.0.2.9"), TEN + 7 * DAY * (week + 1))
    await count(booking_db, registry, somebody("192.0.2.9", now=NOW + DAY))


async def test_one_address_books_little_at_whatever_places(booking_db: db.Sessions, registry: Registry) -> None:
    asked = somebody("192.0.2.1")
    for week in range(6):
        await count(booking_db, registry, asked, TEN + 7 * DAY * week)
    with pytest.raises(LimitReached):
        await count(booking_db, registry, asked, TEN + 7 * DAY * 7)


async def test_what_is_held_is_counted_at_its_place_likewise(booking_db: db.Sessions, registry: Registry) -> None:
    held = await registry.hold(booking_db, TEN)
    wanted = wire.AppointmentInput(hold_id=held, topic="e-services", citizen=TYYNE)
    async with connected(booking_db) as connection:
        for number in range(3):
            await limits.limit_bookings(connection, somebody(f"192.0.2.{number}"), wanted)
    with pytest.raises(LimitReached):
        await count(booking_db, registry, somebody("192.0.2.9"))
    booked = await acting(booking_db, book, registry.asked(), wanted=wanted)
    assert booked == held


async def test_they_give_a_contact_later_and_nobody_takes_the_last_one_away(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN, citizen=TYYNE)
    for citizen in (TYYNE.model_copy(update={"name": "Tyyne Aho"}), wire.Citizen(name="Tyyne", phone="040 685 404")):
        await correct_to(booking_db, registry, booked, citizen)
    known = await kept(booking_db, booked)
    assert known is not None
    assert known.phone == "+35840685404"
    with pytest.raises(InvalidInput):
        await correct_to(booking_db, registry, booked, TYYNE)


async def test_they_cannot_wait_or_be_moved_away_from_a_place(booking_db: db.Sessions, registry: Registry) -> None:
    wanted = wire.WaitlistInput(topic="e-services", municipality="305", until=TEN.date(), citizen=TYYNE)
    with pytest.raises(InvalidInput):
        await acting(booking_db, waitlist.join, registry.asked(), wanted=wanted)
    booked = await registry.book(booking_db, TEN, citizen=TYYNE)
    by_video = registry.key(helsinki(8, 11))._replace(channel="video", service_point_id=None).encode()
    with pytest.raises(InvalidInput):
        await acting(
            booking_db, changes.move, registry.asked(), appointment_id=booked, actor="citizen", slot_id=by_video
        )


async def test_who_takes_the_time_away_is_told_that_nobody_can_tell_them(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN, citizen=TYYNE)
    other = await registry.book(booking_db, helsinki(8, 11))
    with pytest.raises(AppointmentsAffected) as refused:
        await registry.away(booking_db, TEN.date(), TEN.date(), None)
    told = {each["id"]: each["unreachable"] for each in refused.value.extensions["appointments"]}
    assert told == {str(booked): True, str(other): False}

"""Non-disclosure for personal safety: what of a citizen stays out of messages and lists, and goes before others'."""

import datetime as dt
import uuid

import pytest
from pydantic import SecretStr

from services.booking.actions import changes, erasure, waitlist
from services.booking.reads import appointments, recipients
from services.booking.reads import waitlist as waitlist_reads
from services.booking.settings import Settings
from shared import db
from shared.auth import Principal
from shared.schemas import booking as wire
from tests.integration.registry import KUUSAMO, NOW, SECRET, ZONE, Registry, acting, connected, context, found, helsinki

pytestmark = pytest.mark.anyio
TEN = helsinki(8, 10)
DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)
SETTINGS = Settings.model_construct(zone=ZONE, public_url="https://vuoro.example", secret=SecretStr(SECRET))
HIDDEN = {"name": "Aili", "phone": "040 685 404", "non_disclosure": True}


async def at_home(sessions: db.Sessions, registry: Registry, **citizen: object) -> uuid.UUID:
    """A visit at home, on Tuesday 9 March from 10 o'clock."""
    await registry.change_offering(sessions, channels=["home"])
    await registry.change_tutor(sessions, channels=["home"], home_municipalities=[KUUSAMO])
    await registry.open(sessions, 2, "10:00", "14:00", service_point_id=None, channels=["home"])
    slot = next(each for each in (await found(sessions, channel="home")).items if each.start == helsinki(9, 10))
    return await registry.book(
        sessions, slot.start, slot_id=slot.id, address="Kotitie 1", note="kissa", citizen=HIDDEN | citizen
    )


async def seen(sessions: db.Sessions, booked: uuid.UUID, caller: Principal, now: dt.datetime = NOW) -> wire.Appointment:
    async with connected(sessions) as connection:
        view = await appointments.view_of(connection, booked, caller, None, SETTINGS, now=now)
        return await appointments.appointment(connection, booked, view, SETTINGS)


async def test_only_the_tutor_sees_the_address_and_only_on_the_local_day_of_the_visit(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await at_home(booking_db, registry)
    midnight = helsinki(9, 2) - 2 * HOUR
    for now, address in (
        (midnight - MINUTE, None),
        (midnight, "Kotitie 1"),
        (midnight + DAY - MINUTE, "Kotitie 1"),
        (midnight + DAY, None),
    ):
        assert (await seen(booking_db, booked, registry.tutor_token(), now)).address == address
    at_desk = await seen(booking_db, booked, registry.staff(), midnight)
    assert at_desk.address is None
    assert at_desk.citizen is not None
    assert at_desk.citizen.non_disclosure


async def test_others_addresses_are_shown_to_the_tutor_beforehand(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await at_home(booking_db, registry, non_disclosure=False)
    assert (await seen(booking_db, booked, registry.tutor_token())).address == "Kotitie 1"


async def test_a_list_has_the_code_word_and_nothing_else_of_the_citizen(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await at_home(booking_db, registry)
    wanted = wire.DayList(date=dt.date(2027, 3, 9))
    for caller in (registry.tutor_token(), registry.staff()):
        async with connected(booking_db) as connection:
            [item] = (await appointments.day(connection, caller, wanted, SETTINGS, now=helsinki(9, 9))).items
        assert item.id == booked
        assert item.non_disclosure
        assert item.code_word
        assert (item.citizen, item.note, item.address, item.answers) == (None, None, None, [])


async def test_a_message_is_made_of_nothing_that_would_disclose(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN, citizen=HIDDEN)
    async with connected(booking_db) as connection:
        asked = await recipients.recipient(connection, booked, SETTINGS)
    assert asked.non_disclosure
    assert (asked.tutor_name, asked.place, asked.bring, asked.code_word) == ("", None, None, "")


async def test_details_go_the_day_after_the_visit_or_its_cancellation(
    booking_db: db.Sessions, registry: Registry
) -> None:
    had, cancelled = [await registry.book(booking_db, TEN + hours * HOUR, citizen=HIDDEN) for hours in (0, 1)]
    others = await registry.book(booking_db, TEN + 2 * HOUR)
    await acting(booking_db, changes.cancel, context(), appointment_id=cancelled, actor="citizen")
    ends = TEN + 30 * MINUTE
    for now, kept in (
        (NOW + DAY, {had, cancelled, others}),
        (NOW + DAY + MINUTE, {had, others}),
        (ends + DAY, {had, others}),
        (ends + DAY + MINUTE, {others}),
    ):
        async with connected(booking_db) as connection, connection.transaction():
            await erasure.erase_old(connection, context(now=now))
            rows = await (await connection.execute("SELECT appointment_id FROM citizen")).fetchall()
        assert {row[0] for row in rows} == kept


async def test_who_waits_is_offered_a_time_discreetly_and_stays_so_when_it_is_taken(
    booking_db: db.Sessions, registry: Registry
) -> None:
    await registry.open(booking_db, 3, "10:00", "10:30", valid_from="2027-03-10", valid_until="2027-03-10")
    taken = await registry.book(booking_db, helsinki(10, 10))
    wish = wire.WaitlistInput.model_validate(
        {"topic": "e-services", "municipality": KUUSAMO, "weekday": [3], "until": "2027-03-10", "citizen": HIDDEN}
    )
    entry = await acting(booking_db, waitlist.join, wanted=wish)
    await acting(booking_db, changes.cancel, appointment_id=taken, actor="citizen")
    async with connected(booking_db) as connection:
        asked = await waitlist_reads.offer_recipient(connection, entry, SETTINGS)
    assert asked.non_disclosure
    assert asked.place is None
    await acting(booking_db, waitlist.accept, entry_id=entry)
    async with connected(booking_db) as connection:
        shown = await waitlist_reads.entry(connection, entry, SETTINGS, with_key=False)
    assert shown.appointment is not None
    assert shown.appointment.non_disclosure

"""A booking above what is usual is held until its citizen has typed the code that they were sent."""

import base64
import datetime as dt
import uuid

import pytest
from pydantic import SecretStr

from services.booking.actions import booking, erasure, holds, verification
from services.booking.actions.correcting import correct
from services.booking.domain.manage_tokens import manage_token
from services.booking.domain.verification import HELD_FOR, verification_code
from services.booking.models import Citizen
from services.booking.problems import HoldLapsed, WrongCode
from services.booking.reads import appointments, recipients
from services.booking.settings import Settings
from shared import db
from shared.auth import ANONYMOUS
from shared.problems import NotFound
from shared.schemas import booking as wire
from tests.integration.registry import NOW, SECRET, ZONE, Registry, acting, connected, context, free, helsinki

pytestmark = pytest.mark.anyio
TEN, MINUTE = helsinki(8, 10), dt.timedelta(minutes=1)
SETTINGS = Settings.model_construct(zone=ZONE, public_url="https://vuoro.example", secret=SecretStr(SECRET))


async def asked(sessions: db.Sessions, booked: uuid.UUID) -> wire.Recipient:
    """What notify is told when it is to send the code."""
    async with connected(sessions) as connection:
        return await recipients.recipient(connection, booked, SETTINGS)


async def verify(sessions: db.Sessions, booked: uuid.UUID, code: str, now: dt.datetime = NOW) -> uuid.UUID:
    return await acting(sessions, verification.verify, context(now=now), appointment_id=booked, code=code)


async def events_of(sessions: db.Sessions, booked: uuid.UUID) -> list[str]:
    query = "SELECT type FROM event WHERE subject = %(id)s ORDER BY seq"
    async with connected(sessions) as connection:
        rows = await (await connection.execute(query, {"id": str(booked)})).fetchall()
    return [row[0].removeprefix("fi.vuoro.appointment.") for row in rows]


async def known(sessions: db.Sessions, booked: uuid.UUID) -> bool:
    async with db.transaction(sessions) as session:
        return await session.get(Citizen, booked) is not None


async def test_the_right_code_books_what_was_held_and_the_time_is_nobody_elses_meanwhile(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN, to_verify=True)
    told = await asked(booking_db, booked)
    assert (told.state, told.expires) == ("held", NOW + HELD_FOR)
    assert TEN not in await free(booking_db)
    assert told.code is not None
    assert await verify(booking_db, booked, f" {told.code[:3]} {told.code[3:]} ") == booked
    assert await events_of(booking_db, booked) == ["held", "verification-asked", "booked"]
    told = await asked(booking_db, booked)
    assert (told.state, told.code, told.expires) == ("booked", None, None)
    assert await verify(booking_db, booked, "anything") == booked  # sent twice
    assert len(await events_of(booking_db, booked)) == 3


async def test_a_wrong_code_books_nothing(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN, to_verify=True)
    right = (await asked(booking_db, booked)).code
    for typed in ("", "1", "٣٣٣٣٣٣", f"{right}0", verification_code("x" * 32, booked, "+35840685404", None)):
        with pytest.raises(WrongCode):
            await verify(booking_db, booked, typed)
    assert (await asked(booking_db, booked)).state == "held"


async def test_the_right_code_comes_too_late_and_nothing_of_the_citizen_stays(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN, to_verify=True)
    code = (await asked(booking_db, booked)).code
    assert code is not None
    late = NOW + HELD_FOR
    with pytest.raises(HoldLapsed):
        await verify(booking_db, booked, code, late)
    other = await registry.book(booking_db, TEN, now=late)
    with pytest.raises(HoldLapsed):
        await verify(booking_db, booked, code, late)
    async with connected(booking_db) as connection, connection.transaction():
        await erasure.erase_old(connection, context(now=late))
    assert not await known(booking_db, booked)
    assert await known(booking_db, other)


async def test_who_held_a_time_and_wrote_their_number_wrong_books_it_again(
    booking_db: db.Sessions, registry: Registry
) -> None:
    held = await registry.hold(booking_db, TEN, minutes=5)
    for phone in ("040 685 405", "040 685 404"):
        citizen = {"name": "Aili", "phone": phone}
        await registry.book(booking_db, TEN, slot_id=None, hold_id=held, citizen=citizen, to_verify=True)
    told = await asked(booking_db, held)
    assert (told.phone, told.expires) == ("+35840685404", NOW + HELD_FOR)
    assert told.code is not None
    await verify(booking_db, held, told.code, NOW + 20 * MINUTE)
    assert (await asked(booking_db, held)).state == "booked"


async def test_giving_it_back_tells_nobody(booking_db: db.Sessions, registry: Registry) -> None:
    """Somebody else's number may have been given."""
    booked = await registry.book(booking_db, TEN, to_verify=True)
    await acting(booking_db, holds.release, hold_id=booked)
    with pytest.raises(NotFound):
        await asked(booking_db, booked)


def test_the_citizens_own_key_says_nothing_of_the_code() -> None:
    """Whoever books is given the key; were the code cut from the same digest, most could be read off it."""
    ids = [uuid.UUID(int=number) for number in range(2000)]
    keys = [base64.urlsafe_b64decode(manage_token(SECRET, each) + "==") for each in ids]
    codes = [verification_code(SECRET, each, "+35840685404", None) for each in ids]
    assert len(set(codes)) > 1990
    assert not [code for code, key in zip(codes, keys, strict=True) if code in windows(key)]


def windows(key: bytes) -> set[str]:
    """The codes that RFC 4226 would cut from a digest that begins with the key."""
    pieces = (int.from_bytes(key[at : at + 4], "big") & 0x7FFFFFFF for at in range(13))
    return {f"{piece % 1_000_000:06d}" for piece in pieces}


async def code_of(sessions: db.Sessions, appointment: uuid.UUID) -> str:
    """What the citizen of an appointment is sent."""
    code = (await asked(sessions, appointment)).code
    assert code is not None
    return code


async def test_what_was_sent_to_one_verifies_nothing_in_the_name_of_another(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN, to_verify=True)
    mine = await code_of(booking_db, booked)
    for citizen in ({"phone": "040 685 405"}, {"phone": "040 685 404", "email": "mummo@example.fi"}):
        wanted = wire.CorrectionInput(citizen=wire.Citizen.model_validate({"name": "Aili", **citizen}))
        await acting(booking_db, correct, appointment_id=booked, actor="citizen", wanted=wanted)
        with pytest.raises(WrongCode):
            await verify(booking_db, booked, mine)
    wanted = wire.CorrectionInput(citizen=wire.Citizen(name="Aili", email="mummo@example.fi"))
    await acting(booking_db, correct, appointment_id=booked, actor="citizen", wanted=wanted)
    assert (await events_of(booking_db, booked)).count("verification-asked") == 4  # with each code that is another
    await verify(booking_db, booked, await code_of(booking_db, booked))


async def test_a_number_that_is_corrected_gets_the_code(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN, to_verify=True)
    for phone, events in (("040 685 405", 2), ("+358 40 685405", 2)):  # the second is the same, and changes nothing
        wanted = wire.CorrectionInput(citizen=wire.Citizen(name="Aili", phone=phone))
        await acting(booking_db, correct, appointment_id=booked, actor="citizen", wanted=wanted)
        assert (await events_of(booking_db, booked)).count("verification-asked") == events
    told = await asked(booking_db, booked)
    assert (told.phone, told.state) == ("+35840685405", "held")
    assert told.code is not None
    await verify(booking_db, booked, told.code)
    assert (await asked(booking_db, booked)).state == "booked"


async def test_a_series_is_held_whole_until_the_code_of_its_first_visit_books_it(
    booking_db: db.Sessions, registry: Registry
) -> None:
    """Twelve visits in the name of somebody who never hears of it would be more than one."""
    citizen = wire.Citizen(name="Aili", phone="040 685 404")
    wanted = wire.SeriesInput(slot_id=registry.slot(TEN), topic="e-services", citizen=citizen, count=3)
    made = await acting(booking_db, booking.book_series, wanted=wanted, to_verify=True)
    async with connected(booking_db) as connection:
        items = (await appointments.series(connection, made, ANONYMOUS, SETTINGS)).items
    assert [(each.state, each.expires) for each in items] == [("held", NOW + HELD_FOR)] * 3
    asked_of = [each for each in items if "verification-asked" in await events_of(booking_db, each.id)]
    assert asked_of == [min(items, key=lambda each: each.start)]
    with pytest.raises(WrongCode):
        await verify(booking_db, items[1].id, await code_of(booking_db, items[0].id))
    await verify(booking_db, items[0].id, await code_of(booking_db, items[0].id))
    async with connected(booking_db) as connection:
        states = [each.state for each in (await appointments.series(connection, made, ANONYMOUS, SETTINGS)).items]
    assert states == ["booked"] * 3


async def test_of_a_series_what_was_given_back_stays_so(booking_db: db.Sessions, registry: Registry) -> None:
    citizen = wire.Citizen(name="Aili", phone="040 685 404")
    wanted = wire.SeriesInput(slot_id=registry.slot(TEN), topic="e-services", citizen=citizen, count=3)
    made = await acting(booking_db, booking.book_series, wanted=wanted, to_verify=True)
    async with connected(booking_db) as connection:
        first, second, third = (
            each.id for each in (await appointments.series(connection, made, ANONYMOUS, SETTINGS)).items
        )
    await acting(booking_db, holds.release, hold_id=second)
    await verify(booking_db, first, await code_of(booking_db, first))
    last = [(await events_of(booking_db, each))[-1] for each in (first, second, third)]
    assert last == ["booked", "cancelled", "booked"]

"""Somebody at the desk or on the phone is found by what they say of themself, and nobody else's list is read."""

import datetime as dt
import uuid

import pytest
from pydantic import SecretStr

from services.booking.actions import changes
from services.booking.actions.limits import limit_lookups
from services.booking.problems import AskedTooOften
from services.booking.reads.lookup import MOST, look_up
from services.booking.settings import Settings
from shared import db
from shared.auth import ANONYMOUS, Principal
from shared.problems import Forbidden, Unauthenticated
from shared.schemas import booking as wire
from shared.schemas.people import Role
from tests.integration.registry import NOW, REGION, SECRET, ZONE, Registry, acting, connected, context, helsinki

pytestmark = pytest.mark.anyio
SETTINGS = Settings.model_construct(zone=ZONE, public_url="https://vuoro.example", secret=SecretStr(SECRET))
TEN, TWELVE = helsinki(8, 10), helsinki(8, 12)
ASA = {"name": "Åsa Öhman-Aho", "phone": "040 123 4567", "email": "Asa@Example.fi", "language": "sv"}


async def found_by(
    sessions: db.Sessions, caller: Principal, words: str, now: dt.datetime = NOW
) -> wire.FoundAppointments:
    async with connected(sessions) as connection:
        return await look_up(connection, caller, words, SETTINGS, now=now)


async def ids(sessions: db.Sessions, caller: Principal, words: str, now: dt.datetime = NOW) -> list[uuid.UUID]:
    return [each.id for each in (await found_by(sessions, caller, words, now)).items]


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        ("åsa", True),
        ("ÅSA ÖHMAN", True),
        ("öhm ås", True),
        ("040 123 4567", True),
        ("+358401234567", True),
        ("asa@example.fi", True),
        ("hman", False),
        ("aho", False),
        ("åsa virtanen", False),
        ("040 123 4568", False),
        ("%", False),
        ("_sa", False),
        ("\\", False),
    ],
)
async def test_by_name_number_or_address(booking_db: db.Sessions, registry: Registry, words: str, fits: bool) -> None:
    booked = await registry.book(booking_db, TEN, citizen=ASA)
    await registry.book(booking_db, TWELVE)
    assert await ids(booking_db, registry.staff(), words) == ([booked] if fits else [])


async def test_by_the_code_word_and_with_all_that_a_desk_needs(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN, citizen=ASA)
    [found] = (await found_by(booking_db, registry.staff(), "åsa")).items
    assert found.code_word
    assert found.citizen
    assert found.citizen.phone == "+358401234567"
    assert found.manage_url is None
    assert booked in await ids(booking_db, registry.staff(), found.code_word.upper())


async def test_since_yesterday_and_not_what_is_cancelled(booking_db: db.Sessions, registry: Registry) -> None:
    booked, cancelled = await registry.book(booking_db, TEN), await registry.book(booking_db, TWELVE)
    await acting(booking_db, changes.cancel, appointment_id=cancelled, actor="citizen")
    for now, fits in ((TEN + dt.timedelta(hours=20), True), (TEN + dt.timedelta(hours=30), False)):
        assert await ids(booking_db, registry.staff(), "aili", now) == ([booked] if fits else [])


async def test_nobody_finds_who_comes_to_others(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    assert await ids(booking_db, registry.tutor_token(), "aili") == [booked]
    elsewhere = Role(role="staff", organisation_id=registry.organisation, service_point_id=uuid.uuid4())
    others = Role(role="staff", organisation_id=uuid.uuid4())
    for role in (elsewhere, others):
        assert await ids(booking_db, Principal("person", "x", REGION, roles=(role,)), "aili") == []
    assert await ids(booking_db, Principal("person", "x", "01", roles=registry.staff().roles), "aili") == []
    with pytest.raises(Unauthenticated):
        await ids(booking_db, ANONYMOUS, "aili")
    manager = Role(role="manager", organisation_id=registry.organisation)
    with pytest.raises(Forbidden):
        await ids(booking_db, Principal("person", "x", REGION, roles=(manager,)), "aili")


async def test_whose_details_may_not_be_disclosed_is_found_by_what_they_alone_can_say(
    booking_db: db.Sessions, registry: Registry
) -> None:
    hidden = await registry.book(booking_db, TEN, citizen={**ASA, "non_disclosure": True})
    assert await ids(booking_db, registry.staff(), "åsa") == []
    [found] = (await found_by(booking_db, registry.staff(), "040 123 4567")).items
    assert (found.id, found.citizen, found.note) == (hidden, None, None)


async def test_five_at_most_and_that_there_are_more(booking_db: db.Sessions, registry: Registry) -> None:
    for number in range(MOST + 1):
        await registry.book(booking_db, TEN + number * dt.timedelta(minutes=30))
    found = await found_by(booking_db, registry.staff(), "aili")
    assert (len(found.items), found.more) == (MOST, True)
    assert found.items == sorted(found.items, key=lambda each: each.start)


async def test_no_list_is_read_by_asking_again_and_again(booking_db: db.Sessions, registry: Registry) -> None:
    desk, other = context(registry.staff()), context(registry.tutor_token())
    async with connected(booking_db) as connection:
        for _ in range(120):
            await limit_lookups(connection, desk)
        with pytest.raises(AskedTooOften):
            await limit_lookups(connection, desk)
        await limit_lookups(connection, other)


def test_one_letter_is_no_question() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        wire.LookupInput(words=" a ")


def test_letters_that_no_database_keeps_are_in_no_question() -> None:
    with pytest.raises(ValueError, match="control characters"):
        wire.LookupInput(words="Aili\x00")

"""A citizen sees what is kept of them and corrects it; what is wrong is refused as in a booking."""

import datetime as dt
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from services.booking import access
from services.booking.actions import changes, correcting, erasure, waitlist
from services.booking.actions.renewing_keys import renew_keys
from services.booking.domain.manage_tokens import manage_token
from services.booking.models import Appointment, Citizen, WaitlistCitizen
from services.booking.models import WaitlistEntry as Waiting
from services.booking.models.appointments import FormerContact
from services.booking.reads import appointments, recipients, shown
from services.booking.reads import waitlist as entries
from services.booking.reads.citizen_data import data_of
from services.booking.settings import Settings
from shared import db
from shared.auth import ANONYMOUS
from shared.feed import Event
from shared.problems import ChangedMeanwhile, InvalidInput, NotFound, SensitiveText, Unauthenticated
from shared.schemas import booking as wire
from tests.integration.registry import KUUSAMO, NOW, SECRET, ZONE, Registry, acting, connected, context, found, helsinki
from tests.integration.test_erasure import forget

pytestmark = pytest.mark.anyio
TEN = helsinki(8, 10)
DAY, HOUR, SECOND = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(seconds=1)
SETTINGS = Settings.model_construct(secret=SecretStr(SECRET), zone=ZONE, public_url="https://vuoro.example")
RIGHT: dict[str, Any] = {"name": "Aili Mäkelä", "phone": "040 685 404", "email": None, "language": "sv"}


async def correct(sessions: db.Sessions, booked: uuid.UUID, now: dt.datetime = NOW, **changed: Any) -> None:
    more = {name: changed.pop(name) for name in ("note", "address") if name in changed}
    if_match, actor = changed.pop("if_match", None), changed.pop("actor", "citizen")
    wanted = wire.CorrectionInput.model_validate({"citizen": RIGHT | changed, **more})
    what: dict[str, Any] = {"appointment_id": booked, "actor": actor, "wanted": wanted, "if_match": if_match}
    await acting(sessions, correcting.correct, context(now=now), **what)


async def kept(sessions: db.Sessions, booked: uuid.UUID) -> Citizen:
    async with db.transaction(sessions) as session:
        return await session.get_one(Citizen, booked)


async def corrections(sessions: db.Sessions) -> list[object]:
    """Of each correction that was told of, whether the contacts are others."""
    async with db.transaction(sessions) as session:
        wanted = sa.select(Event.data).where(Event.type == "fi.vuoro.appointment.corrected").order_by(Event.seq)
        return [data["contacts"] for data in await session.scalars(wanted)]


async def told_of(sessions: db.Sessions) -> list[uuid.UUID]:
    """By which ids notify asks for the former contacts, as it is told of them."""
    async with db.transaction(sessions) as session:
        wanted = sa.select(Event.data).where(Event.type == "fi.vuoro.appointment.corrected").order_by(Event.seq)
        return [uuid.UUID(str(data["former"])) for data in await session.scalars(wanted) if data.get("former")]


async def data(sessions: db.Sessions, booked: uuid.UUID) -> wire.CitizenData:
    async with connected(sessions) as connection:
        return await data_of(connection, booked, SETTINGS)


async def test_details_are_corrected_and_read_as_they_are_then(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN, note="Kela")
    before = await kept(booking_db, booked)
    await correct(booking_db, booked, email=" aili@example.fi ", note="Verokortti")
    shown = await data(booking_db, booked)
    assert shown.appointment.citizen == wire.KeptCitizen(
        name="Aili Mäkelä", phone="+35840685404", email="aili@example.fi", language="sv"
    )
    assert (shown.appointment.note, shown.appointment.sequence) == ("Verokortti", 1)
    assert [step.step for step in shown.history] == ["book", "correct"]
    assert (await kept(booking_db, booked)).token_hash == before.token_hash


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, [False]),
        ({"note": "Kela"}, [False]),
        ({"phone": "040 685 4048"}, [True]),
        ({"email": "aili@example.fi"}, [True]),
        ({"phone": None, "email": "aili@example.fi"}, [True]),
        ({"name": "Aili", "language": "fi"}, []),
    ],
)
async def test_only_who_is_reached_in_another_way_is_told_again(
    booking_db: db.Sessions, registry: Registry, changed: dict[str, Any], told: list[bool]
) -> None:
    booked = await registry.book(booking_db, TEN)
    await correct(booking_db, booked, **changed)
    await correct(booking_db, booked, **changed)  # and the same once more changes nothing
    assert await corrections(booking_db) == told


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"phone": "12"}, InvalidInput),
        ({"email": "aili@"}, InvalidInput),
        ({"address": "Kotitie 1"}, InvalidInput),
        ({"note": "131052-308T"}, SensitiveText),
        ({"if_match": 7}, ChangedMeanwhile),
    ],
)
async def test_what_a_booking_would_not_take_is_refused(
    booking_db: db.Sessions, registry: Registry, changed: dict[str, Any], refusal: type[Exception]
) -> None:
    booked = await registry.book(booking_db, TEN)
    with pytest.raises(refusal):
        await correct(booking_db, booked, **changed)
    assert (await kept(booking_db, booked)).name == "Aili"


async def test_a_home_address_is_corrected_or_stays(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await at_home(booking_db, registry)
    await correct(booking_db, booked)
    assert (await kept(booking_db, booked)).address == "Kotitie 1"
    await correct(booking_db, booked, address="Kotitie 2")
    assert (await kept(booking_db, booked)).address == "Kotitie 2"
    await correct(booking_db, booked, now=NOW + 30 * DAY, name="Aili")
    assert (await kept(booking_db, booked)).address is None


@pytest.mark.parametrize("actor", ["staff", "client", "tutor", "citizen"])
async def test_a_contact_that_is_replaced_opens_nothing_any_more_and_is_told(
    booking_db: db.Sessions, registry: Registry, actor: str
) -> None:
    """It may be a stranger's, or who changes it may be one, by a link that came into their hands: the key goes to the
    new contact alone, and the former one hears of it."""
    booked = await registry.book(booking_db, TEN)
    key, before = manage_token(SECRET, booked), await kept(booking_db, booked)
    await correct(booking_db, booked, actor=actor, phone="040 685 4048")
    async with connected(booking_db) as connection:
        told = await recipients.recipient(connection, booked, SETTINGS)
        former = await recipients.former_recipient(connection, *await told_of(booking_db))
        fresh = told.manage_url.rpartition("/")[2]
        with pytest.raises(NotFound):
            await appointments.opened_by(connection, key, SETTINGS)
        with pytest.raises(Unauthenticated):
            await appointments.view_of(connection, booked, ANONYMOUS, key, SETTINGS, now=NOW)
        assert await appointments.opened_by(connection, fresh, SETTINGS) == booked
        assert await appointments.view_of(connection, booked, ANONYMOUS, fresh, SETTINGS, now=NOW) == access.CITIZEN
        assert await renew_keys(connection, context().secrets) == 0
    assert (told.phone, former.phone, former.email) == ("+358406854048", before.phone, None)
    await correct(booking_db, booked, actor=actor, phone="040 685 404")
    async with connected(booking_db) as connection:
        for former_key in (key, fresh):
            with pytest.raises(NotFound):
                await appointments.opened_by(connection, former_key, SETTINGS)
        # However soon the one was replaced after the other: whoever takes a visit over would do it twice, unheard.
        formers = [await recipients.former_recipient(connection, each) for each in await told_of(booking_db)]
        assert [each.phone for each in formers] == [before.phone, "+358406854048"]
    assert [await forget(booking_db, NOW + 2 * HOUR - each) for each in (SECOND, 0 * SECOND)] == [0, 0]
    async with connected(booking_db) as connection:
        for each in await told_of(booking_db):
            with pytest.raises(NotFound):
                await recipients.former_recipient(connection, each)


async def test_a_former_contact_that_the_version_before_has_kept_is_found_by_its_appointment(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN)
    async with db.transaction(booking_db) as session:
        session.add(FormerContact(appointment_id=booked, language="fi", phone="+358406854048", until=NOW + HOUR))
    async with connected(booking_db) as connection:
        assert (await recipients.former_recipient(connection, booked)).phone == "+358406854048"
    await forget(booking_db, NOW + HOUR)
    async with connected(booking_db) as connection:
        with pytest.raises(NotFound):
            await recipients.former_recipient(connection, booked)


@pytest.mark.parametrize(
    ("actor", "changed"),
    [
        ("citizen", {"email": "aili@example.fi"}),
        ("citizen", {"name": "Aili", "note": "Kela"}),
        ("staff", {"email": "aili@example.fi"}),
        ("staff", {"name": "Aili", "note": "Kela"}),
    ],
)
async def test_what_replaces_no_contact_leaves_the_key(
    booking_db: db.Sessions, registry: Registry, actor: str, changed: dict[str, Any]
) -> None:
    booked = await registry.book(booking_db, TEN)
    await correct(booking_db, booked, actor=actor, **changed)
    async with connected(booking_db) as connection:
        assert await appointments.opened_by(connection, manage_token(SECRET, booked), SETTINGS) == booked
    assert await told_of(booking_db) == []


async def test_of_a_visit_that_is_over_ones_own_correction_leaves_the_key(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN)
    await correct(booking_db, booked, now=TEN + DAY, phone="040 685 4048")
    async with connected(booking_db) as connection:
        assert await appointments.opened_by(connection, manage_token(SECRET, booked), SETTINGS) == booked


async def test_by_the_last_key_alone_and_only_while_the_contact_stands_is_a_correction_answered_again(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN)
    keys = [manage_token(SECRET, booked, generation) for generation in range(3)]
    first, second = ({**RIGHT, "phone": phone} for phone in ("040 685 4048", "040 685 4049"))

    async def answered(key: str | None, said: dict[str, Any]) -> bool:
        async with connected(booking_db) as connection:
            citizen = wire.Citizen.model_validate(said)
            return await appointments.was_opened_until_corrected(connection, booked, key, citizen, SETTINGS)

    assert not await answered(keys[0], RIGHT)
    await correct(booking_db, booked, **first)
    assert [await answered(key, first) for key in (*keys, None)] == [True, False, False, False]
    assert not await answered(keys[0], RIGHT)
    await correct(booking_db, booked, actor="staff", **second)
    assert [await answered(key, said) for key in keys for said in (first, second)] == [False] * 3 + [True] + [False] * 2


async def test_no_request_that_is_sent_again_and_no_place_in_the_queue_tells_what_was_given_since(
    booking_db: db.Sessions, registry: Registry
) -> None:
    """Their answers went to the former contact, or to who booked without signing in."""
    booked = await registry.book(booking_db, TEN)
    wanted = wire.WaitlistInput.model_validate(
        {"topic": "e-services", "municipality": KUUSAMO, "until": "2027-04-30", "weekday": [7], "citizen": RIGHT}
    )
    entry = await acting(booking_db, waitlist.join, wanted=wanted)
    async with db.transaction(booking_db) as session:
        taken = {"state": "booked", "appointment_id": booked}
        await session.execute(sa.update(Waiting).where(Waiting.id == entry).values(taken))
    for is_replaced in (False, True):
        if is_replaced:
            await correct(booking_db, booked, actor="staff", phone="040 685 4048")
        async with connected(booking_db) as connection:
            row = await shown.find(connection, booked)
            views = [access.of_booker(caller, row) for caller in (ANONYMOUS, registry.staff())]
            offered = (await entries.entry(connection, entry, SETTINGS, with_key=False)).appointment
            assert offered is not None
        hidden = (access.OVERVIEW, None, None)
        told = hidden if is_replaced else (access.BOOKER, "+35840685404", manage_token(SECRET, booked))
        phone = offered.citizen.phone if offered.citizen else None
        assert (views[0], phone, (offered.manage_url or "").rpartition("/")[2] or None) == told
        assert views[1] is access.BOOKER


async def test_whoever_adds_a_contact_says_where_the_citizen_lives(booking_db: db.Sessions, registry: Registry) -> None:
    """The key is sent there, too."""
    booked = await at_home(booking_db, registry)
    with pytest.raises(InvalidInput):
        await correct(booking_db, booked, actor="staff", email="oma@example.fi")
    await correct(booking_db, booked, actor="staff", email="oma@example.fi", address="Kotitie 1")
    assert (await kept(booking_db, booked)).address == "Kotitie 1"


async def test_whoever_replaces_a_contact_says_where_the_citizen_lives(
    booking_db: db.Sessions, registry: Registry
) -> None:
    """They could read it by the new key, and no desk sees where somebody lives."""
    booked = await at_home(booking_db, registry)
    with pytest.raises(InvalidInput):
        await correct(booking_db, booked, actor="staff", phone="040 685 4048")
    await correct(booking_db, booked, actor="staff", phone="040 685 4048", address="Kotitie 1")
    assert (await kept(booking_db, booked)).address == "Kotitie 1"
    await correct(booking_db, booked, actor="staff", phone="040 685 4048", note="Kela")
    assert ((await kept(booking_db, booked)).address, (await kept(booking_db, booked)).note) == ("Kotitie 1", "Kela")


async def at_home(sessions: db.Sessions, registry: Registry) -> uuid.UUID:
    """A visit at home, at Kotitie 1, at ten on 9 March."""
    await registry.change_offering(sessions, channels=["home"])
    await registry.change_tutor(sessions, channels=["home"], home_municipalities=[KUUSAMO])
    await registry.open(sessions, 2, "10:00", "14:00", service_point_id=None, channels=["home"])
    slot = (await found(sessions, channel="home")).items[0]
    return await registry.book(sessions, slot.start, slot_id=slot.id, address="Kotitie 1")


async def test_of_whom_nothing_is_kept_nothing_is_corrected(booking_db: db.Sessions, registry: Registry) -> None:
    held, booked = await registry.hold(booking_db, TEN), await registry.book(booking_db, TEN + dt.timedelta(hours=1))
    await acting(booking_db, erasure.erase, appointment_id=booked, actor="citizen")
    for record in (held, booked):
        with pytest.raises(NotFound):
            await correct(booking_db, record)


async def test_it_is_told_until_when_details_are_kept(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    until = TEN + dt.timedelta(minutes=30) + 90 * DAY
    assert (await data(booking_db, booked)).kept_until == until
    await acting(booking_db, changes.cancel, context(now=NOW + DAY), appointment_id=booked, actor="citizen")
    until = NOW + 8 * DAY
    assert (await data(booking_db, booked)).kept_until == until
    assert await forget(booking_db, until) == 0
    assert await forget(booking_db, until + dt.timedelta(microseconds=1)) == 1


async def test_the_details_of_who_waits_are_corrected_until_they_are_erased(
    booking_db: db.Sessions, registry: Registry
) -> None:
    asked = {"topic": "e-services", "municipality": KUUSAMO, "until": "2027-04-30", "weekday": [7], "citizen": RIGHT}
    entry = await acting(booking_db, waitlist.join, wanted=wire.WaitlistInput.model_validate(asked))
    right = wire.EntryCorrectionInput.model_validate({"citizen": RIGHT | {"phone": "040 685 4048"}})
    await acting(booking_db, waitlist.correct_entry, entry_id=entry, wanted=right)
    async with db.transaction(booking_db) as session:
        assert (await session.get_one(WaitlistCitizen, entry)).phone == "+358406854048"
        wanted = sa.select(Event.data).where(Event.type == "fi.vuoro.waitlist.corrected")
        [told] = list(await session.scalars(wanted))
    async with connected(booking_db) as connection:  # it may be a stranger who has come by the link
        former = await recipients.former_recipient(connection, uuid.UUID(str(told["former"])))
    assert (former.phone, former.email) == ("+35840685404", None)
    await acting(booking_db, waitlist.withdraw, entry_id=entry)
    with pytest.raises(NotFound):
        await acting(booking_db, waitlist.correct_entry, entry_id=entry, wanted=right)
    async with db.transaction(booking_db) as session:
        assert list(await session.scalars(sa.select(WaitlistCitizen))) == []
        assert list(await session.scalars(sa.select(Appointment))) == []

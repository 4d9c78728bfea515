"""The waitlist: first come first served, one at a time, never lost."""

import datetime as dt
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from services.booking.actions import changes, offers, waitlist
from services.booking.domain.verification import HELD_FOR
from services.booking.jobs import Worker
from services.booking.models import Appointment, Citizen, WaitlistCitizen, WaitlistEntry
from services.booking.problems import NobodyHelps, OfferOver, ThereIsTime
from services.booking.reads.waitlist import entry as entry_shown
from services.booking.reads.waitlist import entry_recipient
from services.booking.settings import Settings
from services.booking.store import lapses
from services.booking.store import waitlist as store
from shared import db
from shared.db import driver
from shared.feed import Event
from shared.problems import NotFound
from shared.schemas import booking as wire
from shared.schemas import providers
from tests.integration.registry import (
    AILI,
    KUUSAMO,
    NOW,
    REGION,
    SECRET,
    ZONE,
    Registry,
    acting,
    as_the_rules_say,
    as_the_worker,
    context,
    found,
    free,
    helsinki,
)

pytestmark = pytest.mark.anyio
HOUR = dt.timedelta(hours=1)
SETTINGS = Settings.model_construct(
    zone=ZONE, secret=SecretStr(SECRET), private_calendars=False, public_url="https://vuoro.example"
)
MONDAY = [helsinki(8, hour, minute) for hour in (10, 11, 12, 13) for minute in (0, 30)]


@pytest.fixture
async def registry(booking_db: db.Sessions) -> Registry:
    """Somebody helps on one Monday only, and it is full."""
    made = Registry()
    await made.seed(booking_db, open=False)
    await made.open(booking_db, 1, "10:00", "14:00", valid_from="2027-03-08", valid_until="2027-03-08")
    return made


async def fill(sessions: db.Sessions, registry: Registry) -> list[uuid.UUID]:
    return [await registry.book(sessions, start) for start in MONDAY]


async def wait(sessions: db.Sessions, now: dt.datetime = NOW, **wish: Any) -> uuid.UUID:
    wanted = wire.WaitlistInput.model_validate(
        {"topic": "e-services", "municipality": KUUSAMO, "citizen": AILI, "until": "2027-03-31", **wish}
    )
    return await acting(sessions, waitlist.join, context(now=now), wanted=wanted)


async def seen(sessions: db.Sessions, entry: uuid.UUID) -> WaitlistEntry:
    async with db.transaction(sessions) as session:
        return await session.get_one(WaitlistEntry, entry)


async def cancel(sessions: db.Sessions, booked: uuid.UUID, now: dt.datetime = NOW) -> None:
    await acting(sessions, changes.cancel, context(now=now), appointment_id=booked, actor="citizen")


async def round_of_the_worker(sessions: db.Sessions, entry: uuid.UUID, now: dt.datetime) -> None:
    await as_the_worker(sessions, offers.pass_on, context(now=now), entry)


async def test_a_freed_time_is_offered_to_the_first_in_line_and_nobody_else_sees_it(
    booking_db: db.Sessions, registry: Registry
) -> None:
    """nextcloud/calendar#7980: no waitlist."""
    booked = await fill(booking_db, registry)
    first, second = await wait(booking_db), await wait(booking_db, now=NOW + HOUR / 60)
    await cancel(booking_db, booked[2])
    assert (await seen(booking_db, first)).state == "offered"
    assert (await seen(booking_db, second)).state == "waiting"
    assert await free(booking_db) == []
    await acting(booking_db, waitlist.accept, context(now=NOW + HOUR), entry_id=first)
    row = await seen(booking_db, first)
    assert row.state == "booked"
    async with db.transaction(booking_db) as session:
        taken = await session.get_one(Appointment, row.appointment_id)
        assert (taken.state, taken.starts) == ("booked", MONDAY[2])
        assert (await session.get_one(Citizen, taken.id)).name == "Aili"
        assert await session.get(WaitlistCitizen, first) is None
        await as_the_rules_say(await driver(session), [registry.tutor], NOW + HOUR)


async def test_what_is_not_answered_passes_to_the_next_and_the_first_waits_on(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await fill(booking_db, registry)
    first, second = await wait(booking_db), await wait(booking_db, now=NOW + HOUR / 60)
    await cancel(booking_db, booked[0])
    late = NOW + 2 * HOUR
    await round_of_the_worker(booking_db, first, late)
    assert (await seen(booking_db, second)).state == "offered"
    assert (await seen(booking_db, first)).state == "waiting"
    assert await free(booking_db, now=late) == []
    with pytest.raises(OfferOver):
        await acting(booking_db, waitlist.accept, context(now=late), entry_id=first)
    await round_of_the_worker(booking_db, second, late + 2 * HOUR)
    assert (await seen(booking_db, first)).state == "waiting"  # for another time than this
    assert await free(booking_db, now=late + 2 * HOUR) == [MONDAY[0]]


async def test_nothing_is_lost_when_no_worker_lives(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await fill(booking_db, registry)
    await wait(booking_db)
    await cancel(booking_db, booked[0])
    assert await free(booking_db, now=NOW + 3 * HOUR) == [MONDAY[0]]


@pytest.mark.parametrize(
    ("wish", "met"),
    [
        ({"from_time": "12:00"}, False),
        ({"to_time": "11:00"}, True),
        ({"weekday": [2]}, False),
        ({"from": "2027-03-09"}, False),
        ({"until": "2027-03-07"}, False),
        ({"language": "sv"}, False),
        ({"tutor": str(uuid.uuid4())}, False),
        ({"feature": ["wheelchair"]}, False),
    ],
)
async def test_only_what_was_asked_for_is_offered(
    booking_db: db.Sessions, registry: Registry, wish: dict[str, Any], met: bool
) -> None:
    booked = await fill(booking_db, registry)
    entry = await wait(booking_db, **wish)
    await cancel(booking_db, booked[0])
    assert ((await seen(booking_db, entry)).state == "offered") == met


async def test_who_leaves_the_queue_is_forgotten_and_what_was_kept_goes_on(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await fill(booking_db, registry)
    first, second = await wait(booking_db), await wait(booking_db)
    await cancel(booking_db, booked[0])
    await acting(booking_db, waitlist.withdraw, entry_id=first)
    assert (await seen(booking_db, first)).state == "ended"
    assert (await seen(booking_db, second)).state == "offered"
    async with db.transaction(booking_db) as session:
        assert await session.get(WaitlistCitizen, first) is None


async def test_an_offer_that_has_to_be_verified_is_kept_for_the_code_and_then_passes_on(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await fill(booking_db, registry)
    first, second = await wait(booking_db), await wait(booking_db, now=NOW + HOUR / 60)
    await cancel(booking_db, booked[0])
    last_minute = context(now=NOW + 2 * HOUR - HOUR / 60)
    for _ in range(2):  # it is pressed twice
        await acting(booking_db, waitlist.accept, last_minute, entry_id=first, to_verify=True)
    held, late = (await seen(booking_db, first)).appointment_id, last_minute.now + HELD_FOR
    await round_of_the_worker(booking_db, first, late - HOUR / 60)
    assert (await seen(booking_db, first)).state == "offered"
    await round_of_the_worker(booking_db, first, late)
    assert (await seen(booking_db, first)).state == "waiting"
    assert (await seen(booking_db, second)).state == "offered"
    async with db.transaction(booking_db) as session:
        assert await session.get(Citizen, held) is None
        assert await session.get(WaitlistCitizen, first) is not None


async def test_who_leaves_the_queue_and_has_not_verified_is_forgotten_too(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await fill(booking_db, registry)
    entry = await wait(booking_db)
    await cancel(booking_db, booked[0])
    await acting(booking_db, waitlist.accept, entry_id=entry, to_verify=True)
    await acting(booking_db, waitlist.withdraw, entry_id=entry)
    async with db.transaction(booking_db) as session:
        assert await session.get(Citizen, (await seen(booking_db, entry)).appointment_id) is None
    assert await free(booking_db) == [MONDAY[0]]


async def test_new_hours_reach_those_who_wait(booking_db: db.Sessions, registry: Registry) -> None:
    await fill(booking_db, registry)
    entry = await wait(booking_db)
    await registry.open(booking_db, 2, "10:00", "10:30")
    assert (await seen(booking_db, entry)).state == "offered"


async def test_nobody_waits_for_what_is_free_already(booking_db: db.Sessions, registry: Registry) -> None:
    with pytest.raises(ThereIsTime) as refused:
        await wait(booking_db)
    assert refused.value.extensions["alternatives"][0]["start"] == "2027-03-08T10:00:00+02:00"


POSIO = "614"


async def test_nobody_waits_where_nobody_helps(booking_db: db.Sessions, registry: Registry) -> None:
    """An entry there would stand for ever."""
    await registry.municipality(booking_db, POSIO)
    await fill(booking_db, registry)
    wishes: list[dict[str, Any]] = [
        {"municipality": POSIO},
        {"topic": "phone"},
        {"channel": "video"},
        {"service_point": str(uuid.uuid4())},
    ]
    for wish in wishes:
        with pytest.raises(NobodyHelps):
            await wait(booking_db, **wish)
    async with db.transaction(booking_db) as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(WaitlistCitizen)) == 0


@pytest.mark.parametrize("wish", [{}, {"municipality": POSIO, "neighbours": True}, {"service_point": True}])
async def test_where_somebody_helps_one_can_wait_for_them(
    booking_db: db.Sessions, registry: Registry, wish: dict[str, Any]
) -> None:
    await registry.municipality(booking_db, POSIO, neighbours=[KUUSAMO])
    await fill(booking_db, registry)
    await wait(booking_db, **wish | ({"service_point": str(registry.point)} if "service_point" in wish else {}))


@pytest.mark.parametrize("channel", ["on_site", "phone"])
async def test_whoever_has_not_said_yet_when_they_help_can_be_waited_for(booking_db: db.Sessions, channel: str) -> None:
    registry = Registry()
    await registry.seed(booking_db, open=False)
    entry = await wait(booking_db, channel=channel)
    assert (await seen(booking_db, entry)).state == "waiting"


async def test_who_helps_on_site_alone_is_not_waited_for_by_phone(booking_db: db.Sessions) -> None:
    registry = Registry()
    await registry.seed(booking_db, open=False)
    await registry.open(booking_db, 1, "10:00", "14:00", channels=["on_site"])
    with pytest.raises(NobodyHelps):
        await wait(booking_db, channel="phone")


async def test_a_guest_is_waited_for_where_they_help_until_that_is_withdrawn(
    booking_db: db.Sessions, registry: Registry
) -> None:
    """The place is another organisation's, none of whose own tutors give it."""
    await fill(booking_db, registry)
    await registry.change_point(booking_db, organisation_id=uuid.uuid4())
    await wait(booking_db)
    await withdraw_consent(booking_db, registry)
    with pytest.raises(NobodyHelps):
        await wait(booking_db)


async def withdraw_consent(sessions: db.Sessions, registry: Registry) -> None:
    said: dict[str, Any] = {"id": uuid.uuid4(), "service_point_id": registry.point, "status": "withdrawn"}
    said["organisation_id"] = registry.organisation
    async with db.transaction(sessions) as session:
        await registry.apply(session, "consent.changed", providers.Consent.model_validate(said))


async def ended_tutor(sessions: db.Sessions, registry: Registry) -> None:
    await registry.change_tutor(sessions, active_until="2027-02-28")


async def tutor_who_left(sessions: db.Sessions, registry: Registry) -> None:
    await registry.change_tutor(sessions, status="ended")


async def ended_offering(sessions: db.Sessions, registry: Registry) -> None:
    await registry.change_offering(sessions, status="ended")


async def closed_place(sessions: db.Sessions, registry: Registry) -> None:
    await registry.change_point(sessions, status="ended")


@pytest.mark.parametrize("end", [ended_tutor, tutor_who_left, ended_offering, closed_place])
async def test_nobody_waits_for_what_has_ended(
    booking_db: db.Sessions, registry: Registry, end: Callable[[db.Sessions, Registry], Awaitable[None]]
) -> None:
    await fill(booking_db, registry)
    await end(booking_db, registry)
    with pytest.raises(NobodyHelps):
        await wait(booking_db)


async def test_a_search_that_finds_nothing_says_whether_a_time_can_be_waited_for(
    booking_db: db.Sessions, registry: Registry
) -> None:
    await registry.municipality(booking_db, POSIO)
    await fill(booking_db, registry)

    async def offered(**query: Any) -> bool:
        otherwise = (await found(booking_db, **query)).otherwise
        assert otherwise is not None
        return otherwise.waitlist

    assert await offered()
    assert not await offered(municipality=POSIO)
    assert not await offered(channel="home")
    assert not await offered(municipality=None, region=REGION)


async def test_who_gives_another_number_is_told_there_where_they_stand(
    booking_db: db.Sessions, registry: Registry
) -> None:
    await fill(booking_db, registry)
    entry = await wait(booking_db)
    for phone in ("040 685 4048", "040 685 4048", "040 685 404"):
        wanted = wire.EntryCorrectionInput(citizen=AILI.model_copy(update={"phone": phone}))
        await acting(booking_db, waitlist.correct_entry, entry_id=entry, wanted=wanted)
    async with db.transaction(booking_db) as session:
        told = sa.select(sa.func.count()).select_from(Event).where(Event.type == "fi.vuoro.waitlist.corrected")
        assert await session.scalar(told) == 2


async def test_an_entry_says_what_is_waited_for_and_where(booking_db: db.Sessions, registry: Registry) -> None:
    await fill(booking_db, registry)
    here, there = await wait(booking_db), await wait(booking_db, service_point=str(registry.point))
    async with db.transaction(booking_db) as session:
        connection = await driver(session)
        shown = [await entry_shown(connection, each, SETTINGS, with_key=False) for each in (here, there)]
    assert [(each.topic, each.municipality, each.channel) for each in shown] == [("e-services", KUUSAMO, "on_site")] * 2
    assert [each.place.name.fi if each.place else None for each in shown] == [None, "Kuusamon kirjasto"]


async def test_whoever_is_written_to_has_not_left(booking_db: db.Sessions, registry: Registry) -> None:
    await fill(booking_db, registry)
    entry = await wait(booking_db)
    async with db.transaction(booking_db) as session:
        told = await entry_recipient(await driver(session), entry, SETTINGS)
    assert (told.state, told.until.isoformat(), told.phone) == ("waiting", "2027-03-31", "+35840685404")
    await acting(booking_db, waitlist.withdraw, entry_id=entry)
    async with db.transaction(booking_db) as session:
        with pytest.raises(NotFound):
            await entry_recipient(await driver(session), entry, SETTINGS)


async def test_who_does_not_answer_is_not_offered_the_same_time_again_and_in_the_end_nothing(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await fill(booking_db, registry)
    entry, now = await wait(booking_db), NOW
    for number in range(3):
        await cancel(booking_db, booked[number], now)
        assert (await seen(booking_db, entry)).state == "offered"
        now += 3 * HOUR
        await round_of_the_worker(booking_db, entry, now)
        await as_the_worker(booking_db, offers.offer_if_free, context(now=now), entry)
        assert (await seen(booking_db, entry)).state == ("waiting" if number < 2 else "ended")
        assert MONDAY[number] in await free(booking_db, now=now)


async def test_times_that_were_missed_hide_no_later_one_however_many_places_have_them(
    booking_db: db.Sessions, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offers, "LOOKED_AT", 1)
    booked = await fill(booking_db, registry)
    entry, late = await wait(booking_db), NOW + 3 * HOUR
    await cancel(booking_db, booked[0])
    await round_of_the_worker(booking_db, entry, late)
    await as_the_worker(booking_db, offers.offer_if_free, context(now=late), entry)
    assert (await seen(booking_db, entry)).state == "waiting"
    await cancel(booking_db, booked[1], late)
    assert (await seen(booking_db, entry)).state == "offered"


async def wait_in_vain(sessions: db.Sessions, entries: int, **wish: Any) -> None:
    for _ in range(entries):
        await wait(sessions, **wish)


async def test_the_hundred_and_first_in_line_is_seen_too(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await fill(booking_db, registry)
    await wait_in_vain(booking_db, 101, weekday=[7])
    last = await wait(booking_db)
    await cancel(booking_db, booked[0])
    assert (await seen(booking_db, last)).state == "offered"


async def test_who_stands_behind_a_hundred_whom_only_the_search_rules_out_is_found_by_the_worker(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await fill(booking_db, registry)
    await wait_in_vain(booking_db, 101, from_time="13:45")
    last = await wait(booking_db)
    await cancel(booking_db, booked[0])
    async with db.transaction(booking_db) as session:
        entries = await store.seeming_met(await driver(session), NOW, ZONE)
    for entry in entries:
        await as_the_worker(booking_db, offers.offer_if_free, context(), entry)
    assert (await seen(booking_db, last)).state == "offered"


async def test_the_worker_searches_for_nobody_whose_wish_nothing_meets(
    booking_db: db.Sessions, registry: Registry
) -> None:
    await fill(booking_db, registry)
    await wait(booking_db)
    async with db.transaction(booking_db) as session:
        connection = await driver(session)
        assert await store.seeming_met(connection, NOW, ZONE) == []
        assert await lapses.run_out(connection, NOW) == []


async def test_held_time_that_runs_out_is_offered_by_the_worker(booking_db: db.Sessions, registry: Registry) -> None:
    """Nobody's action frees it, so nobody's transaction offers it."""
    for start in MONDAY[1:]:
        await registry.book(booking_db, start)
    await registry.hold(booking_db, MONDAY[0], minutes=10)
    entry, late = await wait(booking_db), NOW + HOUR
    url = booking_db.kw["bind"].url.set(drivername="postgresql").render_as_string(hide_password=False)
    async with db.pool(url, size=1) as pool, httpx2.AsyncClient() as http:
        await Worker(pool, SETTINGS, http, clock=lambda: late).move_waitlist()
    assert (await seen(booking_db, entry)).state == "offered"

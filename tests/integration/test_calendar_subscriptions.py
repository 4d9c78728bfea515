"""A tutor's visits at a secret address: who makes it, what is read there, and when nothing is any more."""

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import pytest
from icalendar import Calendar
from pydantic import SecretStr

from services.booking.actions import calendar_subscriptions as actions
from services.booking.actions import changes, holds, hours, limits, projection
from services.booking.actions.context import Context
from services.booking.domain.limits import HOUR
from services.booking.problems import CalendarReadTooOften
from services.booking.reads import calendar_subscriptions as reads
from services.booking.settings import Settings
from shared import db
from shared.auth import ANONYMOUS, Principal
from shared.problems import Forbidden, NotFound, Unauthenticated
from shared.schemas import booking as wire
from shared.schemas.events import AccessRevoked, EventData, TutorForgotten
from shared.schemas.people import Role
from tests.integration.registry import NOW, REGION, SECRET, ZONE, Registry, acting, connected, context, helsinki

pytestmark = pytest.mark.anyio
SETTINGS = Settings.model_construct(zone=ZONE, secret=SecretStr(SECRET))
TEN = helsinki(8, 10)


def manager(registry: Registry) -> Principal:
    return Principal("person", "boss", REGION, roles=(Role(role="manager", organisation_id=registry.organisation),))


async def make(booking_db: db.Sessions, registry: Registry, caller: Principal | None = None) -> str:
    """The secret of a new address."""
    asked = context(caller or registry.tutor_token())
    made = await acting(booking_db, actions.make_subscription, asked, tutor_id=registry.tutor, language="fi")
    async with connected(booking_db) as connection:
        url = (await reads.made_subscription(connection, made, SETTINGS)).url
    return url.rpartition("/")[2].removesuffix(".ics")


async def read(booking_db: db.Sessions, secret: str, now: dt.datetime = NOW) -> list[Any] | None:
    """The events that stand at an address; None when nothing is read there."""
    async with connected(booking_db) as connection:
        found = await reads.opened_by_secret(connection, secret)
        if found is None:
            return None
        return Calendar.from_ical(await reads.subscribed_visits(connection, found, SETTINGS, now)).walk("VEVENT")


async def cancel(booking_db: db.Sessions, appointment: uuid.UUID, now: dt.datetime = NOW) -> None:
    what: dict[str, Any] = {"appointment_id": appointment, "actor": "citizen", "reason": None}
    await acting(booking_db, changes.cancel, context(now=now), **what)


async def test_a_visit_is_followed_by_its_uid_from_booking_to_cancellation(
    booking_db: db.Sessions, registry: Registry
) -> None:
    secret = await make(booking_db, registry)
    booked = await registry.book(booking_db, TEN, note="Kela")
    [event] = await read(booking_db, secret) or []
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (f"{booked}@vuoro", 0, "CONFIRMED")
    assert event["DTSTART"].dt == TEN
    assert event["LOCATION"] == "Kuusamon kirjasto, Tie 1"
    later = NOW + HOUR
    await cancel(booking_db, booked, later)
    [event] = await read(booking_db, secret) or []
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (f"{booked}@vuoro", 1, "CANCELLED")
    assert event["LAST-MODIFIED"].dt == later


async def test_nothing_tells_who_comes(booking_db: db.Sessions, registry: Registry) -> None:
    citizen = wire.Citizen(name="Aili Mäkelä", phone="040 685 404", email="aili@example.fi")
    await registry.book(booking_db, TEN, citizen=citizen, note="Kelan hakemus")
    secret = await make(booking_db, registry)
    async with connected(booking_db) as connection:
        found = await reads.opened_by_secret(connection, secret)
        assert found is not None
        text = (await reads.subscribed_visits(connection, found, SETTINGS, NOW)).decode().replace("\r\n ", "")
        word = await (await connection.execute("SELECT code_word FROM citizen")).fetchone()
    assert word is not None
    assert f"Tunnussana: {word[0]}" in text
    for part in ("Aili", "685", "aili@", "Kelan"):
        assert part not in text


async def test_what_was_only_held_is_no_visit(booking_db: db.Sessions, registry: Registry) -> None:
    secret = await make(booking_db, registry)
    held = await registry.hold(booking_db, TEN)
    assert await read(booking_db, secret) == []
    await acting(booking_db, holds.release, hold_id=held)
    assert await read(booking_db, secret) == []


async def test_visits_stand_from_thirty_days_ago_and_cancelled_ones_for_a_week(
    booking_db: db.Sessions, registry: Registry
) -> None:
    secret = await make(booking_db, registry)
    await registry.book(booking_db, TEN)
    cancelled = await registry.book(booking_db, TEN + HOUR)
    await cancel(booking_db, cancelled)

    async def shown(now: dt.datetime) -> int:
        return len(await read(booking_db, secret, now) or [])

    assert [await shown(NOW + dt.timedelta(days=days)) for days in (7, 8)] == [2, 1]
    assert [await shown(TEN + dt.timedelta(days=30, seconds=second)) for second in (0, 1)] == [1, 0]


async def test_the_second_tutor_of_a_visit_has_it_too_without_the_code_word(booking_db: db.Sessions) -> None:
    registry, other = Registry(), uuid.uuid4()
    await registry.seed(booking_db, tutors=2)
    await registry.change_tutor(booking_db, other)
    await registry.open(booking_db, 1, "10:00", "14:00", tutor=other)
    await registry.book(booking_db, TEN)
    words = []
    for tutor in (registry.tutor, other):
        [event] = await read(booking_db, await make(booking_db, replace(registry, tutor=tutor))) or []
        words.append("Tunnussana" in event["DESCRIPTION"])
    assert words == [True, False]


async def test_an_address_ends_when_it_is_renewed_or_ended(booking_db: db.Sessions, registry: Registry) -> None:
    first, second = await make(booking_db, registry), await make(booking_db, registry)
    assert await read(booking_db, first) is None
    assert await read(booking_db, second) == []
    for _ in range(2):
        await acting(booking_db, actions.end_subscription, context(registry.tutor_token()), tutor_id=registry.tutor)
    assert await read(booking_db, second) is None
    async with connected(booking_db) as connection:
        with pytest.raises(NotFound):
            await reads.require_subscription(connection, registry.tutor, ZONE)


async def test_the_address_is_not_kept_and_told_once(booking_db: db.Sessions, registry: Registry) -> None:
    secret = await make(booking_db, registry)
    async with connected(booking_db) as connection:
        kept = str(await (await connection.execute("SELECT * FROM calendar_subscription")).fetchall())
        told = await reads.require_subscription(connection, registry.tutor, ZONE)
        events = str(await (await connection.execute("SELECT data FROM event ORDER BY seq DESC LIMIT 1")).fetchall())
    assert secret not in kept + told.model_dump_json() + events
    assert (told.since, told.code_words) == (NOW, True)


async def test_who_has_left_or_lost_their_access_is_read_no_more(booking_db: db.Sessions, registry: Registry) -> None:
    gone: list[tuple[EventData, list[Any] | None]] = [
        (AccessRevoked(bearer="person:the-tutor", at=NOW + HOUR), None),
        (TutorForgotten(id=registry.tutor), None),
        (AccessRevoked(bearer="person:somebody-else", at=NOW + HOUR), []),
        (AccessRevoked(bearer="person:the-tutor", at=NOW - HOUR), []),  # a feed that is read again
    ]
    for event, expected in gone:
        secret = await make(booking_db, registry)
        async with connected(booking_db) as connection:
            await projection.apply(connection, event)
        assert await read(booking_db, secret) == expected
    secret = await make(booking_db, registry)
    for status, expected in (("planned", []), ("ended", None)):
        await registry.change_tutor(booking_db, status=status)
        assert await read(booking_db, secret) == expected


async def test_who_may_see_when_a_tutor_helps_makes_it_and_who_may_see_who_comes_gets_code_words(
    booking_db: db.Sessions, registry: Registry
) -> None:
    await registry.book(booking_db, TEN)
    [event] = await read(booking_db, await make(booking_db, registry, manager(registry))) or []
    assert "Tunnussana" not in event["DESCRIPTION"]
    client = Principal("client", "hours", REGION, scopes=frozenset({"availability:write"}))
    refused: list[tuple[Principal, type[Exception]]] = [
        (ANONYMOUS, Unauthenticated),
        (registry.staff(), Forbidden),
        (registry.tutor_token(uuid.uuid4()), Forbidden),
        (client, Forbidden),
    ]
    for caller, problem in refused:
        with pytest.raises(problem):
            await make(booking_db, registry, caller)


async def test_reading_is_counted_by_subscription_and_guessing_by_address(
    booking_db: db.Sessions, registry: Registry
) -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    asked: Context = replace(context(), address="192.0.2.1", limit_factor=1 / 60)
    async with connected(booking_db) as connection:
        for _ in range(2):
            await limits.limit_calendar_reading(connection, asked, one)
            await limits.limit_calendar_guesses(connection, asked)
        with pytest.raises(CalendarReadTooOften) as refused:
            await limits.limit_calendar_reading(connection, asked, one)
        with pytest.raises(CalendarReadTooOften):
            await limits.limit_calendar_guesses(connection, asked)
        await limits.limit_calendar_reading(connection, asked, other)
        await limits.limit_calendar_guesses(connection, replace(asked, address="192.0.2.2"))
    assert int(refused.value.headers["Retry-After"]) <= 3600


@pytest.mark.parametrize(
    "now", [dt.datetime(2027, 3, 28, 0, 59, tzinfo=dt.UTC), dt.datetime(2027, 3, 28, 1, tzinfo=dt.UTC)]
)
async def test_visits_of_the_day_on_which_the_clocks_change(
    booking_db: db.Sessions, registry: Registry, now: dt.datetime
) -> None:
    tutor = context(registry.tutor_token())

    async def live_in(zone: str) -> None:
        wanted = wire.TutorTime(zone=zone, holidays=None)  # it is Easter, too
        await acting(booking_db, hours.set_tutor_time, tutor, tutor_id=registry.tutor, wanted=wanted)

    await live_in(ZONE)
    await registry.open(booking_db, 7, "10:00", "12:00")
    at = dt.datetime(2027, 3, 28, 7, tzinfo=dt.UTC)
    await registry.book(booking_db, at)
    [event] = await read(booking_db, await make(booking_db, registry), now) or []
    assert (event["DTSTART"].to_ical(), event["DTSTART"].params["TZID"]) == (b"20270328T100000", ZONE)
    await live_in("America/New_York")
    [event] = await read(booking_db, await make(booking_db, registry), now) or []
    assert event["DTSTART"].to_ical() == b"20270328T030000"
    assert event["DTSTART"].dt == at

"""Hours at the service points of other organisations: taken once these have allowed it, and offered until they withdraw
it."""

import asyncio
import datetime as dt
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from deploy.local.postgres import Postgres
from services.booking.actions import hours, hours_ics, recopying
from services.booking.models import AssumedConsent, Availability, ConsentCopy
from services.booking.problems import AppointmentsAffected, ConsentNeeded, SlotGone
from services.booking.reads import hours as reads
from services.booking.store import consents as consent_store
from services.booking.store import freshness
from services.booking.store import hours as store
from services.providers.actions import adopting, consents
from services.providers.models import Consent
from shared import db
from shared.clients import BookingClient
from shared.keys import SigningKey
from shared.schemas import booking as wire
from shared.schemas import providers
from tests.conftest import as_owner, fresh_database, migrate_again
from tests.integration.apps import RunningApp, running
from tests.integration.providers import EDITOR, seed_registry
from tests.integration.registry import (
    NOW,
    ZONE,
    Registry,
    acting,
    address_of,
    as_the_rules_say,
    connected,
    context,
    free,
    helsinki,
)
from tests.integration.test_consents import an_organisation
from tests.integration.test_registry_copy import Feed, copy, rows, url_of

pytestmark = pytest.mark.anyio
SAID: dict[bool, providers.ConsentStatus] = {True: "allowed", False: "withdrawn"}
TUESDAY = helsinki(9, 10)


@dataclass(frozen=True)
class Guests:
    """An organisation whose tutor helps by phone, and another's service point."""

    host: Registry
    own: Registry

    async def say(self, sessions: db.Sessions, allowed: bool, *, catch_up: bool = True) -> None:
        """What the feed tells that the point's organisation has said."""
        said = {"id": uuid.uuid4(), "service_point_id": self.host.point, "organisation_id": self.own.organisation}
        state = providers.Consent.model_validate(said | {"status": SAID[allowed]})
        async with db.transaction(sessions) as session:
            await self.host.apply(session, "consent.changed", state)
        if catch_up:
            await self.host.catch_up(sessions)

    async def open(self, sessions: db.Sessions, weekday: int = 2) -> uuid.UUID:
        return await self.own.open(sessions, weekday, "10:00", "12:00")

    async def free(self, sessions: db.Sessions) -> list[dt.datetime]:
        return await free(sessions, tutor=self.own.tutor, channel="on_site")

    async def offered(self, sessions: db.Sessions) -> list[bool]:
        async with connected(sessions) as connection:
            return [item.offered for item in (await reads.availability(connection, self.own.tutor)).items]


@pytest.fixture
async def guests(booking_db: db.Sessions, registry: Registry) -> Guests:
    own = Registry(point=registry.point)
    await own.change_tutor(booking_db)
    await own.change_offering(booking_db)
    return Guests(registry, own)


def weekly(**more: object) -> wire.AvailabilityInput:
    return wire.AvailabilityInput.model_validate({"weekday": 2, "from": "10:00", "to": "12:00", **more})


async def test_every_way_to_new_hours_is_refused_until_the_place_allows_it_and_taken_then(
    booking_db: db.Sessions, guests: Guests
) -> None:
    own = guests.own
    phone = await own.open(booking_db, 3, "10:00", "12:00", service_point_id=None, channels=["phone"])
    there = weekly(service_point_id=own.point)
    once = {"service_point_id": own.point, "start": helsinki(9, 13), "end": helsinki(9, 15)}
    text = (await given(booking_db, own)).replace(str(phone).encode(), b"another")
    ways: list[tuple[Any, dict[str, Any]]] = [
        (hours.add_availability, {"wanted": there}),
        (hours.replace_availability, {"hours": phone, "wanted": there, "standing": None}),
        (hours.add_extra_time, {"wanted": wire.ExtraTimeInput.model_validate(once)}),
        (hours_ics.import_hours, calendar(own, text)),
    ]
    for action, what in ways:
        with pytest.raises(ConsentNeeded) as refused:
            await acting(booking_db, action, context(own.tutor_token()), **what)
        document = refused.value.document("sv")
        assert (document.status, document.type) == (409, "urn:vuoro:problem:consent-needed")
        assert "Kuusamon kirjasto hör till en annan organisation" in (document.detail or "")
        told = document.model_dump(mode="json")
        assert (told["service_point_id"], told["organisation_id"]) == (str(own.point), str(guests.host.organisation))
    assert await guests.free(booking_db) == []
    await guests.say(booking_db, allowed=True)
    for action, what in ways:
        await acting(booking_db, action, context(own.tutor_token()), **what)
    assert {helsinki(9, 13), helsinki(10, 10)} <= set(await guests.free(booking_db))  # the extra time, and the calendar


async def given(sessions: db.Sessions, registry: Registry) -> bytes:
    async with connected(sessions) as connection:
        return await hours_ics.export_hours(connection, context(registry.tutor_token()), tutor_id=registry.tutor)


def calendar(registry: Registry, text: bytes) -> dict[str, Any]:
    own = {"tutor_id": registry.tutor, "service_point_id": registry.point}
    return {"text": text, "standing": None, **own}


async def test_one_consent_is_for_all_tutors_of_an_organisation_at_one_place(
    booking_db: db.Sessions, guests: Guests
) -> None:
    await guests.say(booking_db, allowed=True)
    colleague, elsewhere = uuid.uuid4(), uuid.uuid4()
    await guests.own.change_tutor(booking_db, colleague, display_name="Veikko")
    await guests.own.open(booking_db, 4, "10:00", "12:00", tutor=colleague)
    await guests.host.change_point(booking_db, id=elsewhere)
    with pytest.raises(ConsentNeeded):
        await guests.own.open(booking_db, 4, "13:00", "15:00", service_point_id=elsewhere)


async def test_after_a_withdrawal_hours_stand_unoffered_visits_are_kept_and_new_hours_refused(
    booking_db: db.Sessions, guests: Guests
) -> None:
    await guests.say(booking_db, allowed=True)
    opened = await guests.open(booking_db)
    extra = {"service_point_id": guests.own.point, "start": helsinki(10, 10), "end": helsinki(10, 12)}
    wanted = wire.ExtraTimeInput.model_validate(extra)
    await acting(booking_db, hours.add_extra_time, context(guests.own.tutor_token()), wanted=wanted)
    booked = await guests.own.book(booking_db, TUESDAY)
    await guests.say(booking_db, allowed=False)
    assert await guests.free(booking_db) == []
    assert await guests.offered(booking_db) == [False]
    async with connected(booking_db) as connection:
        kept = (await reads.extra_time(connection, guests.own.tutor, NOW, ZONE)).items
        assert [item.offered for item in kept] == [False]
        state = await connection.execute("SELECT state FROM appointment WHERE id = %s", [booked])
        assert await state.fetchone() == ("booked",)
        await as_the_rules_say(connection, [guests.own.tutor])
    with pytest.raises(SlotGone):
        await guests.own.book(booking_db, helsinki(9, 11))
    with pytest.raises(ConsentNeeded):
        await guests.open(booking_db, 4)
    with pytest.raises(AppointmentsAffected):  # the visit stands in open time still, until somebody says otherwise
        await guests.own.away(booking_db, TUESDAY.date(), TUESDAY.date(), standing=None)
    tutor = context(guests.own.tutor_token())
    change = {"hours": opened, "wanted": weekly(service_point_id=guests.own.point, to="11:00"), "standing": None}
    with pytest.raises(ConsentNeeded):
        await acting(booking_db, hours.replace_availability, tutor, **change)
    assert await free(booking_db, tutor=guests.host.tutor)  # the place's own tutors help on
    await guests.say(booking_db, allowed=True)
    assert TUESDAY + dt.timedelta(minutes=30) in await guests.free(booking_db)
    assert await guests.offered(booking_db) == [True]


async def test_what_is_withdrawn_can_be_given_back_in_a_calendar_and_taken_away_but_not_changed(
    booking_db: db.Sessions, guests: Guests
) -> None:
    await guests.say(booking_db, allowed=True)
    opened = await guests.open(booking_db)
    await guests.say(booking_db, allowed=False)
    text, tutor = await given(booking_db, guests.own), context(guests.own.tutor_token())
    await acting(booking_db, hours_ics.import_hours, tutor, **calendar(guests.own, text))
    later = text.replace(b"T100000", b"T103000")
    for place in (guests.own.point, None):  # hours that were given stay where they are, whichever place is named
        what = calendar(guests.own, later) | {"service_point_id": place}
        with pytest.raises(ConsentNeeded):
            await acting(booking_db, hours_ics.import_hours, tutor, **what)
    await acting(booking_db, hours.remove_availability, tutor, hours=opened, standing=None)
    async with connected(booking_db) as connection:
        assert await store.availability_of(connection, guests.own.tutor) == []


async def test_hours_of_before_go_on_and_may_be_changed_until_something_is_said(
    booking_db: db.Sessions, guests: Guests
) -> None:
    async with db.transaction(booking_db) as session:
        own = {"service_point_id": guests.own.point, "organisation_id": guests.own.organisation}
        session.add(AssumedConsent(**own))
    await guests.open(booking_db)
    assert TUESDAY in await guests.free(booking_db)
    await guests.say(booking_db, allowed=False)
    assert await guests.free(booking_db) == []
    with pytest.raises(ConsentNeeded):
        await guests.open(booking_db, 4)
    async with db.transaction(booking_db) as session:
        assert (await session.scalars(sa.select(AssumedConsent))).all() == []


async def test_hours_stand_when_the_tutor_or_the_point_comes_to_another_organisation(
    booking_db: db.Sessions, guests: Guests
) -> None:
    """Who has them then was not asked, and can say no; new hours need a yes."""
    await guests.say(booking_db, allowed=True)
    await guests.open(booking_db)
    host, third = guests.host, Registry(point=guests.host.point)
    await third.change_offering(booking_db)
    await host.change_tutor(booking_db, guests.own.tutor, organisation_id=third.organisation)
    assert TUESDAY in await guests.free(booking_db)
    moved = Guests(host, Registry(organisation=third.organisation, point=host.point, tutor=guests.own.tutor))
    with pytest.raises(ConsentNeeded):
        await moved.open(booking_db, 4)
    await moved.say(booking_db, allowed=False)
    assert await guests.free(booking_db) == []
    # At home, it does not matter what was said.
    await host.change_point(booking_db, organisation_id=third.organisation)
    await host.catch_up(booking_db)
    assert TUESDAY in await guests.free(booking_db)
    await moved.open(booking_db, 4)
    assert await free(booking_db, tutor=host.tutor)  # who was at home before is a guest now
    with pytest.raises(ConsentNeeded):
        await host.open(booking_db, 5, "10:00", "12:00")


@pytest.mark.parametrize("assumed", [False, True])
async def test_a_withdrawal_waits_for_hours_that_are_being_added_and_finds_them(
    booking_db: db.Sessions, guests: Guests, assumed: bool
) -> None:
    if assumed:
        async with db.transaction(booking_db) as session:
            own = {"service_point_id": guests.own.point, "organisation_id": guests.own.organisation}
            session.add(AssumedConsent(**own))
    else:
        await guests.say(booking_db, allowed=True)
    async with connected(booking_db) as connection, connection.transaction():
        tutor = context(guests.own.tutor_token())
        await hours.add_availability(connection, tutor, wanted=weekly(service_point_id=guests.own.point))
        withdrawal = asyncio.create_task(guests.say(booking_db, allowed=False, catch_up=False))
        await waits(booking_db)
        assert not withdrawal.done()
    await withdrawal
    async with connected(booking_db) as connection:
        assert guests.own.tutor in await freshness.stale_tutors(connection, NOW, ZONE, 10)
    await guests.host.catch_up(booking_db)
    assert await guests.free(booking_db) == []


async def waits(sessions: db.Sessions) -> None:
    """Return once some transaction of the database waits for another's lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with connected(sessions) as connection:
        async with asyncio.timeout(20):
            while (await (await connection.execute(waiting)).fetchone()) == (0,):
                await connection.execute("SELECT pg_sleep(0.01)")


async def test_hours_that_are_added_during_a_withdrawal_are_refused(booking_db: db.Sessions, guests: Guests) -> None:
    await guests.say(booking_db, allowed=True)
    async with db.transaction(booking_db) as session:
        own = sa.update(ConsentCopy).where(ConsentCopy.organisation_id == guests.own.organisation)
        await session.execute(own.values(allowed=False))
        adding = asyncio.create_task(guests.open(booking_db))
        await waits(booking_db)
    with pytest.raises(ConsentNeeded):
        await adding


async def test_consents_are_copied_from_the_feed_and_made_anew_with_the_other_copies(
    providers_db: db.Sessions, booking_db: db.Sessions
) -> None:
    registry, guest = await seed_registry(providers_db), await an_organisation(providers_db)

    async def say(status: providers.ConsentStatus) -> None:
        async with db.transaction(providers_db) as session:
            await consents.say(session, caller=EDITOR, point=registry.point, organisation=guest, status=status)

    def copied(allowed: bool) -> set[tuple[object, ...]]:
        return {(str(registry.point), str(guest), str(allowed))}

    await say("allowed")
    await copy(providers_db, booking_db)
    assert await rows(booking_db, *ConsentCopy.__table__.columns) == copied(allowed=True)
    await say("withdrawn")
    async with db.transaction(booking_db) as session:
        strayed = {"tutor_id": registry.tutor, "service_point_id": registry.point, "zone": ZONE, "region": "17"}
        when = {"opens": dt.time(10), "closes": dt.time(12), "starts_on": NOW.date(), "recurrence": "FREQ=WEEKLY"}
        session.add(Availability(**strayed, **when, channels=["on_site"]))
        await session.execute(sa.text("UPDATE tutor SET refreshed_on = '2027-03-01'"))
    async with db.pool(url_of(booking_db), size=1) as pool:
        wrong = await recopying.recopy(pool, Feed(providers_db), lambda _events: None)
    assert {table for table, count in wrong.items() if count} == {"consent"}
    assert await rows(booking_db, *ConsentCopy.__table__.columns) == copied(allowed=False)
    async with connected(booking_db) as connection:
        assert await freshness.stale_tutors(connection, NOW, ZONE, 10) == [registry.tutor]


async def test_the_registry_adopts_what_booking_assumes_once_and_only_of_what_nothing_was_said(
    providers_db: db.Sessions, booking_db: db.Sessions
) -> None:
    registry = await seed_registry(providers_db)
    adopted, refused, gone = await an_organisation(providers_db), await an_organisation(providers_db), uuid.uuid4()
    assumed = [(registry.point, adopted), (registry.point, refused), (registry.point, registry.organisation)]
    assumed += [(registry.point, gone), (gone, adopted)]
    async with db.transaction(booking_db) as session:
        session.add_all(AssumedConsent(service_point_id=point, organisation_id=guest) for point, guest in assumed)

    async def say(guest: uuid.UUID, status: providers.ConsentStatus) -> None:
        async with db.transaction(providers_db) as session:
            await consents.say(session, caller=EDITOR, point=registry.point, organisation=guest, status=status)

    async def adopt() -> None:
        async with connected(booking_db) as connection:
            found = [wire.AssumedConsent.model_validate(row) for row in await consent_store.assumed(connection)]
        async with db.transaction(providers_db) as session:
            await adopting.adopt(session, found)

    await say(refused, "withdrawn")
    await adopt()
    assert await said(providers_db) == {(str(adopted), "allowed"), (str(refused), "withdrawn")}
    await say(adopted, "withdrawn")
    await adopt()  # booking has not heard of anything yet
    assert await said(providers_db) == {(str(adopted), "withdrawn"), (str(refused), "withdrawn")}
    await copy(providers_db, booking_db)
    left = await rows(booking_db, AssumedConsent.service_point_id, AssumedConsent.organisation_id)
    assert left == {(str(point), str(guest)) for point, guest in assumed[2:]}


async def test_the_registry_asks_booking_what_it_assumes(
    booking_db: db.Sessions, guests: Guests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {"service_point_id": guests.own.point, "organisation_id": guests.own.organisation}
    async with db.transaction(booking_db) as session:
        session.add(AssumedConsent(**own))
    async with running(RunningApp, "booking", address_of(booking_db), tmp_path, monkeypatch) as app:
        key = SigningKey.from_file("providers", tmp_path / "keys" / "providers.pem")
        found = await BookingClient(app.http, "http://booking", key=key).assumed_consents()
    assert found == [wire.AssumedConsent.model_validate(own)]


async def said(sessions: db.Sessions) -> set[tuple[object, ...]]:
    return await rows(sessions, Consent.organisation_id, Consent.status)


async def test_an_upgrade_assumes_consent_for_whose_hours_stand_then(postgres: Postgres) -> None:
    """Not where they are at home or were once, nor for who has left."""
    url = fresh_database(postgres, "booking")
    engine, sessions = db.connect(url)
    weekly_, extra, past, at_home, left = people = [Registry(point=uuid.uuid4()) for _ in range(5)]
    host = Registry()
    for each in people:
        owner = each.organisation if each is at_home else host.organisation
        await host.change_point(sessions, id=each.point, organisation_id=owner)
        await each.change_tutor(sessions, status="ended" if each is left else "active")
    before = "UPDATE alembic_version SET version_num = '0013'"
    later = (
        "ALTER TABLE organisation DROP COLUMN phone",
        "ALTER TABLE service_point DROP COLUMN phone, DROP COLUMN address_sv",
        "ALTER TABLE appointment DROP COLUMN key_generation, DROP COLUMN minutes_helped, DROP COLUMN device",
        "ALTER TABLE offering DROP COLUMN name",
        "DROP TABLE former_contact, replaced_contact, new_appointments, telling",
        "DROP TABLE walk_in",
        "DROP TABLE lost_link, feedback_text, feedback",
        "ALTER TABLE citizen ADD CONSTRAINT citizen_check CHECK (num_nonnulls(phone, email) > 0)",
        "DROP INDEX citizen_by_phone, citizen_by_email, waiting_citizen_by_phone, waiting_citizen_by_email",
    )
    as_owner(postgres, url, "DROP TABLE consent", "DROP TABLE assumed_consent", *later, before)
    async with connected(sessions) as connection:
        for each, last in ((weekly_, None), (past, dt.date(2020, 1, 1)), (at_home, None), (left, None)):
            statement = """
                INSERT INTO availability (region, tutor_id, service_point_id, channels, opens, closes, zone, starts_on,
                    last_on, recurrence)
                VALUES ('17', %s, %s, '{on_site}', '10:00', '12:00', 'UTC', '2019-01-01', %s, 'FREQ=WEEKLY')
            """
            await connection.execute(statement, [each.tutor, each.point, last])
        for each, days in ((extra, 1), (past, -1)):
            statement = """
                INSERT INTO extra_time (region, tutor_id, service_point_id, channels, starts, ends)
                VALUES ('17', %s, %s, '{on_site}', now() + %s::interval, now() + %s::interval)
            """
            within = [dt.timedelta(days=days), dt.timedelta(days=days, hours=1)]
            await connection.execute(statement, [each.tutor, each.point, *within])
    await asyncio.to_thread(migrate_again, postgres, "booking", url)
    assert await rows(sessions, AssumedConsent.service_point_id, AssumedConsent.organisation_id) == {
        (str(each.point), str(each.organisation)) for each in (weekly_, extra)
    }
    await engine.dispose()

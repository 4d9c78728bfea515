"""Who was erased is in the list moments later, and a database that is older than the list forgets them again."""

import asyncio
import datetime as dt
import uuid
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from deploy.local.postgres import Postgres
from services.booking.actions import burials as of_booking
from services.booking.actions import erasure, offers, waitlist
from services.booking.models import Appointment, Citizen, WaitlistCitizen
from services.providers.actions import burials as of_registry
from services.providers.models import Person, Tutor
from shared import db
from shared.burying import Burials
from shared.feed import Event
from shared.numbering import Numberer
from shared.schemas import booking as wire
from shared.secrets import Secrets
from shared.tombstones import ALWAYS, Tombstones
from tests.integration.providers import seed_registry
from tests.integration.registry import (
    AILI,
    KUUSAMO,
    NOW,
    SECRET,
    ZONE,
    Registry,
    acting,
    address_of,
    as_the_worker,
    context,
    free,
    helsinki,
    number_events,
)

pytestmark = pytest.mark.anyio
TEN, ELEVEN = helsinki(8, 10), helsinki(8, 11)


@pytest.fixture
def stones(tmp_path: Path) -> Tombstones:
    return Tombstones(tmp_path / "tombstones", Secrets(SECRET))


@pytest.fixture
def burials(stones: Tombstones) -> Burials:
    return of_booking.burials(stones, ZONE, lambda: NOW)


async def backed_up(sessions: db.Sessions, server: Postgres) -> db.Sessions:
    """A copy of a database, as a backup that is restored is one."""
    url = sa.make_url(address_of(sessions))
    await sessions.kw["bind"].dispose()  # nobody may be connected meanwhile
    copy = f"{url.database}_backup"
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(
            f'CREATE DATABASE {copy} TEMPLATE "{url.database}" STRATEGY file_copy OWNER booking'.encode()
        )
    return db.connect(server.url("booking", copy))[1]


async def known(sessions: db.Sessions) -> set[uuid.UUID]:
    """The appointments and entries of whom something is kept."""
    async with db.transaction(sessions) as session:
        found = [*await session.scalars(sa.select(Citizen.appointment_id))]
        return {*found, *await session.scalars(sa.select(WaitlistCitizen.waiting_id))}


async def wait(sessions: db.Sessions) -> uuid.UUID:
    asked = {"topic": "e-services", "municipality": KUUSAMO, "until": "2027-04-30", "weekday": [7], "citizen": AILI}
    return await acting(sessions, waitlist.join, wanted=wire.WaitlistInput.model_validate(asked))


async def test_a_restored_backup_does_not_bring_back_who_was_erased_since(
    booking_db: db.Sessions, registry: Registry, postgres: Postgres, stones: Tombstones, burials: Burials
) -> None:
    erased, kept = await registry.book(booking_db, TEN), await registry.book(booking_db, ELEVEN)
    left, waiting = await wait(booking_db), await wait(booking_db)
    restored = await backed_up(booking_db, postgres)
    await acting(booking_db, erasure.erase, appointment_id=erased, actor="citizen")
    await acting(booking_db, waitlist.withdraw, entry_id=left)
    await number_events(booking_db)
    await burials.add_new(booking_db, None)
    assert stones.since(ALWAYS) == {stones.mark_of(erased), stones.mark_of(left)}

    assert await known(restored) == {erased, kept, left, waiting}
    assert await burials.settle(restored) == 2
    assert await known(restored) == {kept, waiting}
    assert TEN in await free(restored)
    async with db.transaction(restored) as session:
        assert (await session.get_one(Appointment, erased)).state == "cancelled"
        assert await session.scalar(sa.text("SELECT count(*) FROM farewell")) == 0  # they were told then
    assert await burials.settle(restored) == 0
    await restored.kw["bind"].dispose()


async def test_who_is_in_the_backup_and_in_no_list_stays(
    booking_db: db.Sessions, registry: Registry, burials: Burials, stones: Tombstones
) -> None:
    booked = await registry.book(booking_db, TEN)
    assert await burials.settle(booking_db) == 0
    stones.add([(uuid.uuid4(), dt.datetime.now(dt.UTC))])
    assert await burials.settle(booking_db) == 0
    assert await known(booking_db) == {booked}


async def test_who_waited_and_has_booked_is_not_forgotten_again(
    booking_db: db.Sessions, registry: Registry, burials: Burials, stones: Tombstones
) -> None:
    """A restored backup has them waiting still, and their appointment is lost: they want a time."""
    entry = await wait(booking_db)
    await registry.open(booking_db, 7, "10:00", "14:00")
    await as_the_worker(booking_db, offers.offer_if_free, context(), entry)
    await acting(booking_db, waitlist.accept, entry_id=entry)
    await number_events(booking_db)
    await burials.add_new(booking_db, None)
    assert stones.since(ALWAYS) == frozenset()


async def test_what_a_process_that_died_did_not_add_is_added_at_the_next_start(
    booking_db: db.Sessions, registry: Registry, burials: Burials, stones: Tombstones
) -> None:
    first, second = await registry.book(booking_db, TEN), await registry.book(booking_db, ELEVEN)
    await acting(booking_db, erasure.erase, appointment_id=first, actor="citizen")
    await number_events(booking_db)
    read = await burials.add_new(booking_db, None)
    await acting(booking_db, erasure.erase, appointment_id=second, actor="citizen")
    await number_events(booking_db)  # and nobody adds it
    assert await burials.add_new(booking_db, None) > read
    assert stones.since(ALWAYS) == {stones.mark_of(first), stones.mark_of(second)}


async def test_the_list_is_kept_beside_the_requests_though_it_fails_at_first(
    booking_db: db.Sessions, registry: Registry, burials: Burials, stones: Tombstones, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.burying.SECONDS_AFTER_FAILURE", 0.01)
    booked = await registry.book(booking_db, TEN)
    stones.folder.write_text("a file where the folder is to be")
    numberer = Numberer(address_of(booking_db))
    tasks = [asyncio.create_task(numberer.run()), asyncio.create_task(burials.keep(booking_db, numberer))]
    await acting(booking_db, erasure.erase, appointment_id=booked, actor="citizen")
    await asyncio.sleep(0.1)
    assert stones.folder.is_file()
    stones.folder.unlink()
    for _ in range(400):
        if stones.since(ALWAYS) == {stones.mark_of(booked)}:
            break
        await asyncio.sleep(0.05)
    else:
        pytest.fail("it is not added")
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def test_accounts_and_tutors_are_forgotten_again(providers_db: db.Sessions, stones: Tombstones) -> None:
    registry = await seed_registry(providers_db)
    burials = of_registry.burials(stones)
    async with db.transaction(providers_db) as session:
        newest = await session.scalar(sa.select(sa.func.max(Event.time)))
    assert newest is not None
    stones.add([(registry.coordinator, newest), (registry.tutor, newest)])
    assert await burials.settle(providers_db) == 2
    async with db.transaction(providers_db) as session:
        assert await session.get(Person, registry.coordinator) is None
        assert (await session.get_one(Tutor, registry.tutor)).display_name == "–"
    await number_events(providers_db)
    await burials.add_new(providers_db, None)
    again = stones.since(newest + dt.timedelta(microseconds=1))  # so that the list holds for later backups, too
    assert again == {stones.mark_of(registry.coordinator), stones.mark_of(registry.tutor)}

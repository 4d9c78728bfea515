"""While a secret is replaced, what another has made is accepted, found and counted; once it is taken away, no more."""

import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.booking.actions import booking, erasure, limits, verification, waitlist
from services.booking.actions import burials as of_booking
from services.booking.actions import calendar_subscriptions as subscriptions
from services.booking.actions.context import Context
from services.booking.actions.renewing_keys import renew_keys
from services.booking.domain.manage_tokens import manage_token, opens
from services.booking.problems import LimitReached, WrongCode
from services.booking.reads import appointments, calendar_subscriptions, recipients
from services.booking.reads import waitlist as entries
from services.booking.settings import Settings
from services.providers.domain.sign_in_codes import sign_in_code
from shared import db
from shared.idempotency import Once
from shared.problems import KeyReused, NotFound, TooManyRequests
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
    connected,
    context,
    helsinki,
    number_events,
)
from tests.integration.test_sign_in_limits import CONTACT, HOME, Door

pytestmark = pytest.mark.anyio
NEW = "t" * 32
BEFORE, NEXT, AFTER, OVER = Secrets(SECRET), Secrets(SECRET, (NEW,)), Secrets(NEW, (SECRET,)), Secrets(NEW)
TEN = helsinki(8, 10)
WISH = {"topic": "e-services", "municipality": KUUSAMO, "until": "2027-04-30", "weekday": [7], "citizen": AILI}


def settings(secrets: Secrets) -> Settings:
    return Settings.model_construct(
        zone=ZONE,
        public_url="https://vuoro.example",
        secret=SecretStr(secrets.current),
        accepted_secrets=tuple(map(SecretStr, secrets.others)),
    )


def asked(secrets: Secrets, address: str = "192.0.2.1", key: str | None = None) -> Context:
    return replace(context(), secrets=secrets, address=address, key=key)


def key_of(url: str) -> str:
    return url.rpartition("/")[2]


async def test_a_record_keeps_its_key_whichever_secret_makes_new_ones(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN)
    waiting = await acting(booking_db, waitlist.join, wanted=wire.WaitlistInput.model_validate(WISH))
    async with connected(booking_db) as connection:
        for secrets in (BEFORE, NEXT, AFTER):
            told = await recipients.recipient(connection, booked, settings(secrets))
            assert key_of(told.manage_url) == manage_token(SECRET, booked)
            assert await appointments.opened_by(connection, key_of(told.manage_url), settings(secrets)) == booked
            entry = await entries.entry(connection, waiting, settings(secrets), with_key=True)
            assert entry.manage_token == manage_token(SECRET, waiting)
            assert await entries.entry_opened_by(connection, entry.manage_token, settings(secrets)) == waiting
            assert await renew_keys(connection, secrets) == 0


async def test_a_key_whose_secret_is_taken_away_opens_nothing_and_a_new_one_does(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN)
    waiting = await acting(booking_db, waitlist.join, wanted=wire.WaitlistInput.model_validate(WISH))
    over = settings(OVER)
    async with connected(booking_db) as connection:
        for renewed in (2, 0):
            for opened_by, record in ((appointments.opened_by, booked), (entries.entry_opened_by, waiting)):
                with pytest.raises(NotFound):
                    await opened_by(connection, manage_token(SECRET, record), over)
                assert not opens(OVER.accepted, manage_token(SECRET, record), record)
            assert await renew_keys(connection, OVER) == renewed
        told = await recipients.recipient(connection, booked, over)
        assert await appointments.opened_by(connection, key_of(told.manage_url), over) == booked
        assert await entries.entry_opened_by(connection, manage_token(NEW, waiting), over) == waiting


async def test_a_time_that_was_held_before_is_booked_with_its_key(booking_db: db.Sessions, registry: Registry) -> None:
    """Whoever holds it has the key that a process of before has shown them, and goes on with it."""
    held = await registry.hold(booking_db, TEN)
    shown = manage_token(SECRET, held)
    wanted = wire.AppointmentInput.model_validate({"hold_id": held, "topic": "e-services", "citizen": AILI})
    await acting(booking_db, booking.book, asked(AFTER), wanted=wanted, shown=shown)
    async with connected(booking_db) as connection:
        told = await recipients.recipient(connection, held, settings(AFTER))
        assert key_of(told.manage_url) == shown
        assert await appointments.opened_by(connection, shown, settings(AFTER)) == held


async def test_a_code_that_was_sent_before_verifies(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN, to_verify=True)
    async with connected(booking_db) as connection:
        code = (await recipients.recipient(connection, booked, settings(BEFORE))).code
    with pytest.raises(WrongCode):
        await acting(booking_db, verification.verify, asked(OVER), appointment_id=booked, code=code)
    await acting(booking_db, verification.verify, asked(AFTER), appointment_id=booked, code=code)


async def test_a_calendar_is_read_at_its_address_and_the_retry_of_its_making_tells_the_same(
    booking_db: db.Sessions, registry: Registry
) -> None:
    by_tutor = context(registry.tutor_token())
    made = await acting(booking_db, subscriptions.make_subscription, by_tutor, tutor_id=registry.tutor, language="fi")
    async with connected(booking_db) as connection:
        [first, second] = [
            (await calendar_subscriptions.made_subscription(connection, made, settings(secrets))).url
            for secrets in (BEFORE, AFTER)
        ]
        assert first == second
        assert await calendar_subscriptions.opened_by_secret(connection, key_of(first).removesuffix(".ics"))
        with pytest.raises(NotFound):
            await calendar_subscriptions.made_subscription(connection, made, settings(OVER))


async def test_limits_go_on_where_they_were(booking_db: db.Sessions, registry: Registry) -> None:
    both = AILI.model_copy(update={"email": "aili@example.fi"})
    slot = registry.key(TEN)
    async with connected(booking_db) as connection:
        for secrets in (BEFORE, BEFORE, BEFORE, NEXT, AFTER, AFTER):
            await limits.limit_at_slot(connection, asked(secrets), "book", slot, both)
        with pytest.raises(LimitReached):
            await limits.limit_at_slot(connection, asked(AFTER, "192.0.2.2"), "book", slot, both)
        await limits.limit_at_slot(connection, asked(OVER, "192.0.2.2"), "book", slot, both)


async def act_once(sessions: db.Sessions, secrets: Secrets, made: uuid.UUID, content: bytes = b"same") -> uuid.UUID:
    async def act() -> uuid.UUID:
        return made

    async with connected(sessions) as connection:

        async def connect() -> db.Connection:
            return connection

        caller, *formerly = asked(secrets).whose_keys
        return await Once(connect, caller, "k", content, formerly)(act)


async def test_a_retry_after_the_rotation_acts_no_second_time(booking_db: db.Sessions) -> None:
    first = uuid.uuid4()
    for secrets in (BEFORE, NEXT, AFTER):
        assert await act_once(booking_db, secrets, first if secrets is BEFORE else uuid.uuid4()) == first
    with pytest.raises(KeyReused):
        await act_once(booking_db, AFTER, uuid.uuid4(), b"other")
    assert await act_once(booking_db, OVER, second := uuid.uuid4()) == second


async def test_who_was_erased_is_known_by_any_secret_and_soon_by_the_new_one(
    booking_db: db.Sessions, registry: Registry, tmp_path: Path
) -> None:
    stones = {secrets: Tombstones(tmp_path, secrets) for secrets in (BEFORE, NEXT, AFTER, OVER)}
    burials = {secrets: of_booking.burials(each, ZONE, lambda: NOW) for secrets, each in stones.items()}
    booked = await registry.book(booking_db, TEN)
    await acting(booking_db, erasure.erase, appointment_id=booked, actor="citizen")
    await number_events(booking_db)
    await burials[BEFORE].add_new(booking_db, None)
    for secrets in (BEFORE, NEXT):
        assert await burials[secrets].renew(booking_db, ALWAYS) == 0
    marks = stones[AFTER].since(ALWAYS)
    assert not marks.isdisjoint(stones[AFTER].marks_of(booked))
    assert marks.isdisjoint(stones[OVER].marks_of(booked))
    assert await burials[AFTER].renew(booking_db, ALWAYS) == 1
    assert await burials[AFTER].renew(booking_db, ALWAYS) == 0
    assert stones[OVER].mark_of(booked) in stones[OVER].since(ALWAYS)


async def test_the_registry_knows_contacts_and_addresses_by_any_secret(
    providers_db: db.Sessions, tmp_path: Path
) -> None:
    await seed_registry(providers_db)
    door = Door(providers_db, tmp_path)
    await door.type(await door.ask(CONTACT, HOME))
    for nth in range(50):
        await door.ask(CONTACT, f"198.51.100.{nth}")
    begun = await door.ask(CONTACT, HOME)
    old = door.issuer.secrets.current
    door.issuer = replace(door.issuer, secrets=Secrets(NEW, (old,)))
    with pytest.raises(TooManyRequests):
        await door.ask(CONTACT, "198.51.100.99")
    await door.ask(CONTACT, HOME)
    await door.type(begun, sign_in_code(old, begun))

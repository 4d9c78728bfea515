"""Asking for codes and guessing them has an end, and nobody locks another out."""

import datetime as dt
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa

from deploy.local.home import Home
from services.providers.actions import challenges, sign_in, single_sign_on
from services.providers.actions.issuer import Issuer
from services.providers.domain import begun_sign_ins
from services.providers.domain.sign_in_codes import sign_in_code
from services.providers.models import Login, SignIn
from services.providers.problems import WrongCode
from services.providers.store.forgetting import forget_old_sign_ins
from shared import db
from shared.feed import Event
from shared.idempotency import RetryKey
from shared.keys import KeyRing
from shared.problems import TooManyRequests
from shared.schemas import people as wire
from shared.schemas.events import SignInFailed
from shared.secrets import Secrets
from tests.integration.odd_provider import DISCOVERY, Odd
from tests.integration.providers import seed_registry

pytestmark = pytest.mark.anyio
NOW = dt.datetime(2027, 3, 1, 8, tzinfo=dt.UTC)
SECRET = "s" * 32
HOME, CONTACT = "192.0.2.1", "pomo@example.fi"  # where the coordinator signs in, and by which contact


class Door:
    """Where codes are asked for and typed."""

    def __init__(self, sessions: db.Sessions, home: Path) -> None:
        Home(home, 8080).make_keys()
        self.sessions = sessions
        self.issuer = Issuer(KeyRing(home / "keys" / "issuer"), Secrets(SECRET))

    async def ask(self, contact: str, address: str, now: dt.datetime = NOW) -> uuid.UUID:
        async with db.transaction(self.sessions) as session:
            wanted = wire.SignInInput(contact=contact)
            return await sign_in.start_sign_in(
                session, issuer=self.issuer, wanted=wanted, address=address, allowances=[], now=now
            )

    async def type(self, asked: uuid.UUID, code: str | None = None, now: dt.datetime = NOW) -> None:
        """Type a code, by default the right one."""
        typed = code or sign_in_code(SECRET, asked)
        await sign_in.trade_code(
            lambda: db.transaction(self.sessions),
            issuer=self.issuer,
            retry=RetryKey("anonymous:anonymous", None, b""),
            sign_in=asked,
            typed=typed,
            now=now,
        )

    async def guess(self, address: str, now: dt.datetime = NOW) -> None:
        """Ask for a code and type five that are wrong."""
        asked = await self.ask(CONTACT, address, now)
        for _ in range(5):
            with pytest.raises(WrongCode):
                await self.type(asked, "x", now)


@pytest.fixture
async def door(providers_db: db.Sessions, tmp_path: Path) -> Door:
    await seed_registry(providers_db)
    return Door(providers_db, tmp_path)


async def test_codes_are_limited_for_a_contact_from_an_address_and_for_an_address(door: Door) -> None:
    for _ in range(5):
        await door.ask("a@example.fi", HOME)
    with pytest.raises(TooManyRequests):
        await door.ask("a@example.fi", HOME)
    await door.ask("a@example.fi", "192.0.2.2")
    for nth in range(95):
        await door.ask(f"{nth}@example.fi", HOME)
    with pytest.raises(TooManyRequests):
        await door.ask("b@example.fi", HOME)
    await door.ask("b@example.fi", "192.0.2.2")
    await door.ask("a@example.fi", HOME, NOW + dt.timedelta(minutes=16))


async def test_nobody_locks_another_out(door: Door) -> None:
    """Five requests by anybody locked a coordinator out for a quarter of an hour."""
    await door.type(await door.ask(CONTACT, HOME))
    for nth in range(50):
        await door.ask(CONTACT, f"198.51.100.{nth}")
    with pytest.raises(TooManyRequests):
        await door.ask(CONTACT, "198.51.100.99")
    await door.type(await door.ask(CONTACT, HOME))


async def test_guessing_has_an_end_that_lasts_for_days(door: Door) -> None:
    """Wrong codes were counted by sign-in alone: whoever asked for another code began anew."""
    await door.type(await door.ask(CONTACT, HOME))
    for nth in range(4):
        await door.guess(f"198.51.100.{nth}", NOW + nth * dt.timedelta(days=1))
    later = NOW + dt.timedelta(days=6)
    with pytest.raises(TooManyRequests):
        await door.ask(CONTACT, "198.51.100.9", later)
    await door.type(await door.ask(CONTACT, HOME, later), now=later)  # at home it opens
    await door.ask(CONTACT, "198.51.100.9", NOW + dt.timedelta(days=8))


async def test_the_owner_is_warned_of_a_stranger_s_wrong_codes_and_not_of_their_own(door: Door) -> None:
    await door.type(await door.ask(CONTACT, HOME))
    await door.guess(HOME)
    assert await warnings(door) == []
    await door.guess("198.51.100.1")
    (told,) = await warnings(door)
    async with db.transaction(door.sessions) as session:
        warned = await sign_in.warning(session, sign_in=uuid.UUID(told))
    assert (warned.email, warned.phone) == (CONTACT, None)


async def warnings(door: Door) -> list[str]:
    async with db.transaction(door.sessions) as session:
        wanted = sa.select(Event.subject).where(Event.type == SignInFailed.type)
        return list(await session.scalars(wanted))


async def test_what_nothing_is_judged_by_any_more_is_forgotten(door: Door) -> None:
    today = dt.datetime.now(dt.UTC)
    async with db.transaction(door.sessions) as session:
        await forget_old_sign_ins(session)
    for days in (0, 89, 91):
        at = today - dt.timedelta(days=days)
        await door.type(await door.ask(CONTACT, HOME, at), now=at)
    async with db.transaction(door.sessions) as session:
        await forget_old_sign_ins(session)
        assert await session.scalar(sa.select(sa.func.count()).select_from(SignIn)) == 2
        assert await session.scalar(sa.select(sa.func.count()).select_from(Login)) == 1


async def test_a_slip_at_home_is_no_guess_of_a_stranger(door: Door) -> None:
    await door.type(await door.ask(CONTACT, HOME))
    for nth in range(6):
        await door.guess(HOME, NOW + nth * dt.timedelta(hours=1))
    await door.ask(CONTACT, "198.51.100.9", NOW + dt.timedelta(hours=7))


async def test_a_line_of_ipv6_is_one_address(door: Door) -> None:
    for number in range(5):
        await door.ask(CONTACT, f"2001:db8:0:1::{number}")
    with pytest.raises(TooManyRequests):
        await door.ask(CONTACT, "2001:db8:0:1:ffff::")
    await door.ask(CONTACT, "2001:db8:0:2::1")


async def test_an_address_begins_so_many_sign_ins_by_passkey_until_they_are_over(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(begun_sign_ins, "MOST_BEGUN", 2)

    async def ask(address: str, now: dt.datetime = NOW) -> None:
        async with db.transaction(door.sessions) as session:
            await challenges.add_challenge_for_anybody(
                session, issuer=door.issuer, address=address, allowances=[], now=now
            )

    for _ in range(2):
        await ask(HOME)
    with pytest.raises(TooManyRequests):
        await ask(HOME)
    await ask("192.0.2.2")
    await ask(HOME, NOW + dt.timedelta(minutes=6))


async def test_an_address_begins_so_many_single_sign_ons_and_the_provider_hears_of_no_more(
    door: Door, odd: Odd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(begun_sign_ins, "MOST_BEGUN", 2)
    odd.answers = {DISCOVERY: odd.discovery()}

    async def begin(address: str, key: str | None = None, now: dt.datetime = NOW) -> uuid.UUID:
        begun = await single_sign_on.begin_single_sign_on(
            lambda: db.transaction(door.sessions),
            {"odd": odd.provider()},
            issuer=door.issuer,
            retry=RetryKey("anonymous", key, b""),
            wanted=wire.SingleSignOnInput(provider="odd"),
            public_url="http://x",
            address=address,
            allowances=[],
            now=now,
        )
        return begun.id

    await begin(HOME)
    assert await begin(HOME, "k") == await begin(HOME, "k")
    await begin("192.0.2.2")
    await begin(HOME, now=NOW + dt.timedelta(minutes=11))
    await begin(HOME, now=NOW + dt.timedelta(minutes=11))
    odd.answers = {}
    with pytest.raises(TooManyRequests):
        await begin(HOME, now=NOW + dt.timedelta(minutes=11))

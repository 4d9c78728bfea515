"""Whoever must sign in with a passkey gets from a code no more than their first passkey."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import jwt
import pytest
import sqlalchemy as sa

from deploy.local.home import Home
from services.providers import access
from services.providers.actions import confirming, logins, passkeys, people
from services.providers.actions.issuer import Issuer
from services.providers.models import Identity, Login, Passkey, PendingGrant, Person
from shared import db
from shared.auth import Principal, Verifier
from shared.clock import now
from shared.keys import KeyRing
from shared.problems import PasskeyNeeded, Unauthenticated
from shared.schemas import people as wire
from shared.secrets import Secrets
from tests.integration.providers import seed_registry

pytestmark = pytest.mark.anyio


class Desk:
    """Where logins are opened, and their tokens read as a service reads them."""

    def __init__(self, sessions: db.Sessions, home: Path) -> None:
        Home(home, 8080).make_keys()
        self.sessions, self.ring = sessions, KeyRing(home / "keys" / "issuer")
        self.issuer = Issuer(self.ring, Secrets("s" * 32))

    async def get(self, kid: str) -> jwt.PyJWK | None:
        return next((key for key in jwt.PyJWKSet.from_dict(self.ring.public()).keys if key.key_id == kid), None)

    async def signs_in(
        self,
        person: uuid.UUID,
        how: wire.HowSignedIn = "code",
        asked: Mapping[str, frozenset[str]] | None = None,
        service: str = "providers",
    ) -> Principal:
        async with db.transaction(self.sessions) as session:
            login = await logins.open_login(session, person=person, how=how, now=now())
            issuer = replace(self.issuer, strong_sign_in=asked or {})
            token = await logins.give_token(session, issuer=issuer, login=login, now=now())
        return await Verifier(self, {}, service).principal(token.access_token)


@pytest.fixture
def desk(providers_db: db.Sessions, tmp_path: Path) -> Desk:
    return Desk(providers_db, tmp_path)


async def account(desk: Desk, *roles: wire.Role) -> uuid.UUID:
    async with db.transaction(desk.sessions) as session:
        wanted = wire.PersonInput(region="17", email="x@example.fi", roles=list(roles))
        return await people.create_person(session, wanted)


async def test_a_coordinators_code_opens_nothing_but_the_first_passkey(desk: Desk) -> None:
    boss = (await seed_registry(desk.sessions)).coordinator
    caller = await desk.signs_in(boss)
    assert (caller.bound, caller.roles) == (True, ())
    assert access.person_with_code(caller) == boss
    with pytest.raises(PasskeyNeeded):
        access.person(caller)
    with pytest.raises(PasskeyNeeded):
        caller.require("access:give")
    with pytest.raises(Unauthenticated):
        await desk.signs_in(boss, service="booking")


@pytest.mark.parametrize("how", ["passkey", "single_sign_on"])
async def test_a_passkey_or_an_identity_provider_opens_all(desk: Desk, how: wire.HowSignedIn) -> None:
    boss = (await seed_registry(desk.sessions)).coordinator
    caller = await desk.signs_in(boss, how)
    assert (caller.bound, [role.role for role in caller.roles]) == (False, ["coordinator"])
    assert access.person(await desk.signs_in(boss, how, service="booking")) == boss


@pytest.mark.parametrize(
    ("role", "asked", "bound"),
    [
        ("sub_coordinator", None, True),
        ("manager", None, False),
        ("staff", None, False),
        ("staff", {"17": frozenset({"staff"})}, True),
        ("sub_coordinator", {"17": frozenset({"staff"})}, False),
        ("sub_coordinator", {"01": frozenset[str]()}, True),
        ("sub_coordinator", {"17": frozenset[str]()}, False),
    ],
)
async def test_a_region_says_of_whom_it_asks_it(
    desk: Desk, role: wire.RoleName, asked: Mapping[str, frozenset[str]] | None, bound: bool
) -> None:
    mine = {"organisation_id": (await seed_registry(desk.sessions)).organisation}
    where = {"sub_region": "178"} if role == "sub_coordinator" else mine
    person = await account(desk, wire.Role.model_validate({"role": role, **where}))
    assert (await desk.signs_in(person, asked=asked)).bound is bound


async def test_who_becomes_a_coordinator_is_bound_from_the_next_token_on(desk: Desk) -> None:
    mine = (await seed_registry(desk.sessions)).organisation
    person = await account(desk, wire.Role(role="manager", organisation_id=mine))
    assert not (await desk.signs_in(person)).bound
    async with db.transaction(desk.sessions) as session:
        giving = wire.PersonInput(region="17", email="x@example.fi", roles=[wire.Role(role="coordinator")])
        boss = Principal("person", str(uuid.uuid4()), "17", (wire.Role(role="coordinator"),))
        await people.replace_person(session, caller=boss, person=person, wanted=giving)
        [waiting] = (await session.scalars(sa.select(PendingGrant.id).where(PendingGrant.person_id == person))).all()
        await confirming.confirm_as_operator(session, waiting)
        login = await session.scalar(sa.select(Login.id).where(Login.person_id == person))
        assert login is not None
        token = await logins.give_token(session, issuer=desk.issuer, login=login, now=now())
    assert (await Verifier(desk, {}, "providers").principal(token.access_token)).bound


@pytest.mark.parametrize("way", ["passkey", "identity"])
async def test_a_code_adds_nothing_for_who_has_a_better_way(desk: Desk, way: str) -> None:
    """Or whoever reads a coordinator's mail would add a passkey of their own."""
    boss = (await seed_registry(desk.sessions)).coordinator
    async with db.transaction(desk.sessions) as session:
        await passkeys.require_first(session, boss)
        session.add(
            Passkey(
                person_id=boss,
                credential_id=b"x",
                public_key=b"x",
                sign_count=0,
                name="x",
                created_at=dt.datetime(2027, 3, 1, tzinfo=dt.UTC),
            )
            if way == "passkey"
            else Identity(issuer="https://x", subject="x", person_id=boss)
        )
    async with db.transaction(desk.sessions) as session:
        with pytest.raises(PasskeyNeeded):
            await passkeys.require_first(session, boss)
    async with db.transaction(desk.sessions) as session:
        other = Principal("person", str(uuid.uuid4()), "17", (wire.Role(role="coordinator"),))
        await people.end_others_ways_in(session, caller=other, person=boss)
        assert await session.get(Person, boss) is not None
        await passkeys.require_first(session, boss)

"""What opens citizens' details is given by one person and confirmed by another, and the organisation is told."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

import jwt
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions import clients, confirming, people
from services.providers.actions.client_tokens import client_token
from services.providers.actions.grant_notices import grant_message
from services.providers.actions.issuer import Issuer
from services.providers.actions.tutors import write_tutor
from services.providers.models import ApiClient, GrantNotice, PendingGrant, Person, RoleGrant, Tutor
from services.providers.problems import InvalidScope, SecondPersonNeeded
from services.providers.store.audit import note_who
from services.providers.store.records import page
from shared import db
from shared.audit.table import AuditEntry
from shared.auth import Principal
from shared.clock import now
from shared.problems import NotFound
from shared.schemas import people as wire
from tests.integration.providers import EDITOR, NAME, SmallRegistry, seed_registry

pytestmark = pytest.mark.anyio
DAY = dt.timedelta(days=1)


@dataclass
class Region:
    """A small registry with two coordinators and its organisation's manager, and what they do."""

    sessions: db.Sessions
    registry: SmallRegistry
    first: Principal
    second: Principal
    manager: Principal

    async def give(self, giver: Principal, *roles: wire.Role, email: str = "tiski@example.fi") -> uuid.UUID:
        async with self.begin(giver) as session:
            return await people.add_person(session, caller=giver, wanted=account(email, *roles))

    async def change(self, caller: Principal, person: uuid.UUID, wanted: wire.PersonInput) -> None:
        async with self.begin(caller) as session:
            await people.replace_person(session, caller=caller, person=person, wanted=wanted)

    async def confirm(self, caller: Principal, grant: uuid.UUID, at: dt.datetime | None = None) -> None:
        async with self.begin(caller) as session:
            await confirming.confirm(session, caller=caller, grant=grant, now=at or now())

    async def refuse(self, caller: Principal, grant: uuid.UUID) -> None:
        async with self.begin(caller) as session:
            await confirming.refuse(session, caller=caller, grant=grant, now=now())

    async def waiting_for(self, caller: Principal, at: dt.datetime | None = None) -> list[uuid.UUID]:
        async with db.transaction(self.sessions) as session:
            only = [confirming.waiting_for(caller, at or now())]
            rows, _next = await page(session, PendingGrant, PendingGrant.id, after=None, limit=100, only=only)
            return [row.id for row in rows]

    async def the_pending(self, receiver: uuid.UUID) -> PendingGrant:
        async with db.transaction(self.sessions) as session:
            mine = sa.or_(PendingGrant.person_id == receiver, PendingGrant.client_id == receiver)
            return (await session.scalars(sa.select(PendingGrant).where(mine))).one()

    async def roles(self, person: uuid.UUID) -> list[str]:
        async with db.transaction(self.sessions) as session:
            return list(await session.scalars(sa.select(RoleGrant.role).where(RoleGrant.person_id == person)))

    async def told(self, about: str, grant: uuid.UUID) -> set[uuid.UUID | None]:
        async with db.transaction(self.sessions) as session:
            wanted = sa.select(GrantNotice.person_id).where(GrantNotice.about == about, GrantNotice.grant_id == grant)
            return set(await session.scalars(wanted))

    def begin(self, caller: Principal) -> "_Acting":
        return _Acting(self.sessions, caller)

    def where(self, role: wire.RoleName) -> dict[str, Any]:
        """Where a role of somebody who gives roles is held here."""
        places: dict[str, dict[str, Any]] = {
            "manager": {"organisation_id": self.registry.organisation},
            "sub_coordinator": {"sub_region": "178"},
        }
        return places.get(role, {})

    @property
    def staff(self) -> wire.Role:
        return wire.Role(role="staff", organisation_id=self.registry.organisation)


class _Acting:
    """A transaction of somebody, as a request has one."""

    def __init__(self, sessions: db.Sessions, caller: Principal) -> None:
        self._transaction, self._caller = db.transaction(sessions), caller

    async def __aenter__(self) -> AsyncSession:
        session = await self._transaction.__aenter__()
        await note_who(session, self._caller.named)
        return session

    async def __aexit__(self, *how: object) -> None:
        await self._transaction.__aexit__(*how)  # type: ignore[arg-type]


def account(email: str, *roles: wire.Role) -> wire.PersonInput:
    return wire.PersonInput(region="17", email=email, roles=list(roles))


COORDINATOR = wire.Role(role="coordinator")
SUB = wire.Role(role="sub_coordinator", sub_region="178")


@pytest.fixture
async def region(providers_db: db.Sessions) -> Region:
    registry = await seed_registry(providers_db)
    manages = wire.Role(role="manager", organisation_id=registry.organisation)
    async with db.transaction(providers_db) as session:
        for waiting in await session.scalars(sa.select(PendingGrant)):  # of the registry's own tutor
            await confirming.let_hold(session, waiting, await session.get_one(Person, waiting.person_id))
        second = await people.create_person(session, account("toinen@example.fi", COORDINATOR))
        manager = await people.create_person(session, account("johtaja@example.fi", manages))
    return Region(
        providers_db,
        registry,
        Principal("person", str(registry.coordinator), "17", (COORDINATOR,)),
        Principal("person", str(second), "17", (COORDINATOR,)),
        Principal("person", str(manager), "17", (manages,)),
    )


async def test_who_gives_themself_a_role_sees_nobody_until_another_has_confirmed(region: Region) -> None:
    mine = uuid.UUID(region.first.id)
    await region.change(region.first, mine, account("pomo@example.fi", COORDINATOR, region.staff))
    assert await region.roles(mine) == ["coordinator"]
    waiting = (await region.the_pending(mine)).id
    assert await region.waiting_for(region.first) == []
    with pytest.raises(SecondPersonNeeded):
        await region.confirm(region.first, waiting)
    assert await region.waiting_for(region.second) == await region.waiting_for(region.manager) == [waiting]
    await region.confirm(region.manager, waiting)
    assert await region.roles(mine) == ["coordinator", "staff"]
    with pytest.raises(NotFound):
        await region.confirm(region.second, waiting)


async def test_it_stands_in_the_audit_log_who_gave_and_who_confirmed(region: Region) -> None:
    person = await region.give(region.first, region.staff)
    grant = (await region.the_pending(person)).id
    await region.confirm(region.manager, grant)
    async with db.transaction(region.sessions) as session:
        wanted = sa.select(AuditEntry).where(AuditEntry.record == str(grant)).order_by(AuditEntry.id)
        done = [(each.action, each.kind, each.caller, each.region) for each in await session.scalars(wanted)]
    assert done == [
        ("insert", "pending_grant", region.first.named, "17"),
        ("delete", "pending_grant", region.manager.named, "17"),
        ("insert", "role_grant", region.manager.named, "17"),
    ]


@pytest.mark.parametrize(("giver", "confirmer"), [("manager", "first"), ("first", "manager"), ("first", "second")])
async def test_one_manager_and_one_coordinator_are_enough_whichever_of_them_gives(
    region: Region, giver: str, confirmer: str
) -> None:
    person = await region.give(getattr(region, giver), region.staff)
    await region.confirm(getattr(region, confirmer), (await region.the_pending(person)).id)
    assert await region.roles(person) == ["staff"]


async def test_nobody_confirms_what_they_were_given(region: Region) -> None:
    await region.change(region.first, uuid.UUID(region.manager.id), account("johtaja@example.fi", *_both(region)))
    grant = (await region.the_pending(uuid.UUID(region.manager.id))).id
    assert await region.waiting_for(region.manager) == []
    with pytest.raises(SecondPersonNeeded):
        await region.confirm(region.manager, grant)
    await region.confirm(region.second, grant)


def _both(region: Region) -> tuple[wire.Role, wire.Role]:
    return region.manager.roles[0], region.staff


async def test_for_who_could_not_give_it_it_is_not_there(region: Region) -> None:
    grant = (await region.the_pending(await region.give(region.first, region.staff))).id
    elsewhere = wire.Role(role="manager", organisation_id=uuid.uuid4())
    for other in (
        Principal("person", str(uuid.uuid4()), "17", (elsewhere,)),
        Principal("person", str(uuid.uuid4()), "01", (COORDINATOR,)),
    ):
        assert await region.waiting_for(other) == []
        for act in (region.confirm, region.refuse):
            with pytest.raises(NotFound):
                await act(other, grant)


@pytest.mark.parametrize("role", ["manager", "sub_coordinator", "coordinator"])
async def test_nobody_makes_a_second_person_of_themself(region: Region, role: wire.RoleName) -> None:
    """Who gives roles is given theirs by two people, or whoever gives could be both by an address of their own."""
    given = wire.Role(role=role, **region.where(role))
    person = await region.give(region.first, given, email="oma@example.fi")
    assert await region.roles(person) == []
    grant = (await region.the_pending(person)).id
    assert await region.waiting_for(region.first) == []
    with pytest.raises(SecondPersonNeeded):
        await region.confirm(region.first, grant)
    assert await region.waiting_for(region.second) == [grant]
    await region.confirm(region.second, grant)
    async with db.transaction(region.sessions) as session:
        held = (await session.scalars(sa.select(RoleGrant).where(RoleGrant.person_id == person))).one()
        assert wire.Role.model_validate(held) == given


@pytest.mark.parametrize("role", ["sub_coordinator", "coordinator"])
async def test_a_coordinators_role_is_told_to_the_regions_other_coordinators_and_theirs_to_confirm(
    region: Region, role: wire.RoleName
) -> None:
    given = wire.Role(role=role, **region.where(role))
    grant = (await region.the_pending(await region.give(region.first, given))).id
    assert await region.told("pending", grant) == {uuid.UUID(region.second.id)}
    sub = Principal("person", str(uuid.uuid4()), "17", (SUB,), municipalities=frozenset({"305"}))
    abroad = Principal("person", str(uuid.uuid4()), "01", (COORDINATOR,))
    for other in (region.manager, sub, abroad):
        assert await region.waiting_for(other) == []
        with pytest.raises(NotFound):
            await region.confirm(other, grant)
    async with db.transaction(region.sessions) as session:
        notice = (await session.scalars(sa.select(GrantNotice.id).where(GrantNotice.grant_id == grant))).one()
        message = await grant_message(session, notice)
        [shown] = await confirming.in_detail(session, [await session.get_one(PendingGrant, grant)])
    assert (message.email, message.given, message.organisation) == ("toinen@example.fi", role, None)
    assert (shown.account, shown.organisation, shown.giver) == ("tiski@example.fi", None, "pomo@example.fi")


async def test_a_new_manager_is_told_to_the_others_and_the_first_one_to_the_organisations_own_address(
    region: Region,
) -> None:
    manages, manager = region.manager.roles[0], uuid.UUID(region.manager.id)
    grant = (await region.the_pending(await region.give(region.first, manages))).id
    assert await region.told("pending", grant) == {manager}
    async with region.begin(region.first) as session:
        await people.remove_person(session, caller=region.first, person=manager)
    grant = (await region.the_pending(await region.give(region.first, manages, email="b@example.fi"))).id
    assert await region.told("pending", grant) == {uuid.UUID(region.second.id), None}


async def test_whose_address_was_changed_confirms_nothing_until_a_second_person_has_seen_it(region: Region) -> None:
    manager, manages = uuid.UUID(region.manager.id), region.manager.roles[0]
    await region.change(region.first, manager, account("oma@example.fi", manages))
    assert await region.roles(manager) == []
    grant = await region.the_pending(manager)
    assert grant.given_by == region.first.named
    await region.confirm(region.second, grant.id)
    assert await region.roles(manager) == ["manager"]


async def test_what_nobody_confirms_is_over_after_a_fortnight(region: Region) -> None:
    person = await region.give(region.first, region.staff)
    grant = await region.the_pending(person)
    for at, refused in ((13 * DAY, False), (14 * DAY, True)):
        assert await region.waiting_for(region.second, grant.given_at + at) == ([] if refused else [grant.id])
    with pytest.raises(NotFound):
        await region.confirm(region.second, grant.id, grant.given_at + 14 * DAY)
    async with db.transaction(region.sessions) as session:
        await confirming.end_overdue_grants(session)
        assert await session.get(PendingGrant, grant.id) is not None
        await session.execute(sa.update(PendingGrant).values(given_at=now() - 14 * DAY))
    async with db.transaction(region.sessions) as session:
        await confirming.end_overdue_grants(session)
    async with db.transaction(region.sessions) as session:
        assert await session.get(Person, person) is None  # it may do nothing, so nothing of it is kept
        ended = sa.select(AuditEntry.caller).where(AuditEntry.record == str(grant.id), AuditEntry.action == "delete")
        assert await session.scalar(ended) == "service:providers"


@pytest.mark.parametrize("refuser", ["first", "second"])
async def test_what_is_refused_or_withdrawn_is_gone_and_another_may_be_the_tutor(region: Region, refuser: str) -> None:
    async with region.begin(region.first) as session:
        tutor = await write_tutor(session, caller=region.first, wanted=region.registry.tutor_input())
    role = wire.Role(role="tutor", tutor_id=tutor)
    person = await region.give(region.first, role)
    await region.refuse(getattr(region, refuser), (await region.the_pending(person)).id)
    async with db.transaction(region.sessions) as session:
        assert await session.get(Person, person) is None  # it may do nothing, so nothing of it is kept
    other = await region.give(region.first, role, email="muu@example.fi")
    await region.confirm(region.second, (await region.the_pending(other)).id)
    assert await region.roles(other) == ["tutor"]


async def test_who_changes_how_staff_are_reached_gives_the_role_anew(region: Region) -> None:
    """Whoever has the address can sign in, so a coordinator who changes it could read on as somebody else."""
    person = await region.give(region.first, region.staff)
    grant = (await region.the_pending(person)).id
    await region.confirm(region.second, grant)
    await region.change(region.first, person, account("oma@example.fi", region.staff))
    assert await region.roles(person) == []
    assert (await region.the_pending(person)).given_by == region.first.named
    await region.change(region.second, person, account("uusi@example.fi", region.staff))
    anew = await region.the_pending(person)
    assert anew.given_by == region.second.named
    with pytest.raises(SecondPersonNeeded):
        await region.confirm(region.second, anew.id)
    await region.confirm(region.first, anew.id)
    assert await region.roles(person) == ["staff"]


async def the_first_ones_client(region: Region) -> Principal:
    """An API client whose secret the first coordinator was shown."""
    scopes: list[wire.Scope] = ["registry:write"]
    async with region.begin(region.first) as session:
        wanted = wire.ApiClientInput(name="Oma", region="17", scopes=scopes)
        made = await clients.add_api_client(session, caller=region.first, wanted=wanted, show=lambda _secret: None)
    return Principal("client", str(made), "17", scopes=frozenset(scopes), held_by=region.first.named)


@pytest.mark.parametrize("is_new", [True, False])
async def test_behind_a_client_is_whoever_was_shown_its_secret(region: Region, is_new: bool) -> None:
    """A coordinator's own API client is no second person: neither for a new tutor's account, nor for a new address."""
    client = await the_first_ones_client(region)
    async with region.begin(client) as session:
        wanted = region.registry.tutor_input(email="oma@example.fi")
        record = None if is_new else region.registry.tutor
        tutor = await write_tutor(session, caller=client, wanted=wanted, record=record)
    async with db.transaction(region.sessions) as session:
        person = (await session.get_one(Tutor, tutor)).person_id
    assert person is not None
    assert await region.roles(person) == []
    grant = await region.the_pending(person)
    with pytest.raises(SecondPersonNeeded):
        await region.confirm(region.first, grant.id)
    await region.confirm(region.second, grant.id)
    assert await region.roles(person) == ["tutor"]


async def test_the_organisation_is_told_and_who_can_act(region: Region) -> None:
    manager, first, second = (uuid.UUID(each.id) for each in (region.manager, region.first, region.second))
    by_coordinator = (await region.the_pending(await region.give(region.first, region.staff))).id
    assert await region.told("pending", by_coordinator) == {manager}
    by_manager = (await region.the_pending(await region.give(region.manager, region.staff, email="b@example.fi"))).id
    assert await region.told("pending", by_manager) == {first, second}
    await region.confirm(region.second, by_manager)
    assert await region.told("confirmed", by_manager) == {manager}


async def test_what_is_told_names_the_role_the_place_and_the_account_and_of_what_is_gone_nothing(
    region: Region,
) -> None:
    grant = (await region.the_pending(await region.give(region.first, region.staff))).id
    async with db.transaction(region.sessions) as session:
        notice = (await session.scalars(sa.select(GrantNotice.id).where(GrantNotice.grant_id == grant))).one()
        message = await grant_message(session, notice)
    assert (message.email, message.given, message.account) == ("johtaja@example.fi", "staff", "tiski@example.fi")
    assert message.organisation == NAME
    await region.refuse(region.manager, grant)
    async with db.transaction(region.sessions) as session:
        with pytest.raises(NotFound):
            await grant_message(session, notice)


async def test_a_second_person_sees_of_whom_it_is_where_and_whom_to_ask(region: Region, issuer: Issuer) -> None:
    at_desk = region.staff.model_copy(update={"service_point_id": region.registry.point})
    desk = await region.give(region.manager, at_desk)
    async with region.begin(region.first) as session:
        wanted = region.registry.tutor_input(phone="+358401234567")
        await write_tutor(session, caller=region.first, wanted=wanted)
    client = await registered(region, issuer, region.registry.organisation)
    async with region.begin(region.first) as session:
        rows = (await session.scalars(sa.select(PendingGrant).order_by(PendingGrant.id))).all()
        shown = [
            (each.account, each.organisation, each.place, each.giver)
            for each in await confirming.in_detail(session, rows)
        ]
        await confirming.refuse(session, caller=region.first, grant=rows[0].id, now=now())
        left = [each.client_id for each in await confirming.in_detail(session, rows)]
    assert shown == [
        ("tiski@example.fi", NAME, NAME, "johtaja@example.fi"),
        ("+358401234567", NAME, None, "pomo@example.fi"),
        ("Koe", NAME, None, "pomo@example.fi"),
    ]
    assert desk not in left
    assert left == [None, client.id]


async def test_who_has_given_it_is_not_told_when_they_are_gone_or_no_person(region: Region) -> None:
    await region.give(region.second, region.staff)
    async with region.begin(region.first) as session:
        await people.remove_person(session, caller=region.first, person=uuid.UUID(region.second.id))
    async with region.begin(EDITOR) as session:
        await write_tutor(session, caller=EDITOR, wanted=region.registry.tutor_input(email="oma@example.fi"))
    async with db.transaction(region.sessions) as session:
        rows = (await session.scalars(sa.select(PendingGrant))).all()
        assert [each.giver for each in await confirming.in_detail(session, rows)] == [None, None]


@dataclass
class Client:
    """An API client with its secrets, the latest last."""

    region: Region
    issuer: Issuer
    id: uuid.UUID
    secrets: list[str]

    async def scopes(self, nth: int = 0, scope: str | None = None) -> set[str]:
        return set((await self.claims(nth, scope))["scope"].split())

    async def claims(self, nth: int, scope: str | None = None) -> dict[str, str]:
        async with db.transaction(self.region.sessions) as session:
            token = await client_token(
                session,
                issuer=self.issuer,
                client_id=str(self.id),
                client_secret=self.secrets[nth],
                scope=scope,
                now=now(),
            )
        return dict(jwt.decode(token.access_token, options={"verify_signature": False}))


async def registered(region: Region, issuer: Issuer, organisation: uuid.UUID | None) -> Client:
    secrets: list[str] = []
    async with region.begin(region.first) as session:
        scopes: list[wire.Scope] = ["appointments:read", "events:read"]
        wanted = wire.ApiClientInput(name="Koe", region="17", organisation_id=organisation, scopes=scopes)
        made = await clients.add_api_client(session, caller=region.first, wanted=wanted, show=secrets.append)
    return Client(region, issuer, made, secrets)


async def test_an_organisations_client_reads_no_citizens_until_another_has_confirmed(
    region: Region, issuer: Issuer
) -> None:
    client = await registered(region, issuer, region.registry.organisation)
    assert await client.scopes() == {"events:read"}
    with pytest.raises(InvalidScope):
        await client.scopes(scope="appointments:read")
    grant = (await region.the_pending(client.id)).id
    with pytest.raises(SecondPersonNeeded):
        await region.confirm(region.first, grant)
    await region.confirm(region.manager, grant)
    assert await client.scopes() == {"appointments:read", "events:read"}


async def test_a_regions_client_sees_only_whom_it_booked_and_waits_for_nobody(region: Region, issuer: Issuer) -> None:
    assert await (await registered(region, issuer, None)).scopes() == {"appointments:read", "events:read"}


async def test_a_new_secret_opens_no_citizens_to_whom_it_is_shown_until_another_has_confirmed(
    region: Region, issuer: Issuer
) -> None:
    client = await registered(region, issuer, region.registry.organisation)
    await region.confirm(region.second, (await region.the_pending(client.id)).id)
    async with region.begin(region.second) as session:
        await clients.renew_secret(session, caller=region.second, client=client.id, show=client.secrets.append)
    assert [await client.scopes(nth) for nth in (0, 1)] == [{"appointments:read", "events:read"}, {"events:read"}]
    async with region.begin(region.second) as session:
        await clients.retire_secret(session, caller=region.second, client=client.id)
    assert await client.scopes(1) == {"events:read"}
    grant = (await region.the_pending(client.id)).id
    with pytest.raises(SecondPersonNeeded):
        await region.confirm(region.second, grant)
    await region.confirm(region.first, grant)
    assert await client.scopes(1) == {"appointments:read", "events:read"}
    async with region.begin(region.first) as session:
        await clients.revoke_client(session, caller=region.first, client=client.id)
        assert (await session.get_one(ApiClient, client.id)).revoked_at is not None


@pytest.mark.parametrize("how", ["refused by who gave it", "refused by another", "nobody answered"])
async def test_what_a_new_secret_was_refused_it_never_opens(region: Region, issuer: Issuer, how: str) -> None:
    """Whoever renewed a secret could refuse their own request, and read by it at once."""
    client = await registered(region, issuer, region.registry.organisation)
    await region.confirm(region.second, (await region.the_pending(client.id)).id)
    async with region.begin(region.first) as session:
        await clients.renew_secret(session, caller=region.first, client=client.id, show=client.secrets.append)
    grant = (await region.the_pending(client.id)).id
    if how == "nobody answered":
        async with db.transaction(region.sessions) as session:
            await session.execute(sa.update(PendingGrant).values(given_at=now() - 14 * DAY))
        async with db.transaction(region.sessions) as session:
            await confirming.end_overdue_grants(session)
    else:
        await region.refuse(region.first if how.endswith("gave it") else region.manager, grant)
    assert [await client.scopes(nth) for nth in (0, 1)] == [{"appointments:read", "events:read"}, {"events:read"}]
    async with region.begin(region.first) as session:
        await clients.retire_secret(session, caller=region.first, client=client.id)
    assert await client.scopes(1) == {"events:read"}


async def test_who_holds_the_old_secret_confirms_for_the_new_one_alone(region: Region, issuer: Issuer) -> None:
    """Or they would open by the old one what they were to have confirmed by somebody else."""
    client = await registered(region, issuer, region.registry.organisation)
    async with region.begin(region.second) as session:
        await clients.renew_secret(session, caller=region.second, client=client.id, show=client.secrets.append)
    await region.confirm(region.first, (await region.the_pending(client.id)).id)
    assert [await client.scopes(nth) for nth in (0, 1)] == [{"events:read"}, {"appointments:read", "events:read"}]


async def test_behind_each_secret_of_a_client_is_whoever_was_shown_it(region: Region, issuer: Issuer) -> None:
    """With one holder for both, whoever keeps the old secret could confirm what they have given by it."""
    client = await registered(region, issuer, None)
    async with region.begin(region.second) as session:
        await clients.renew_secret(session, caller=region.second, client=client.id, show=client.secrets.append)
    holders = [(await client.claims(nth))["held_by"] for nth in (0, 1)]
    assert holders == [region.first.named, region.second.named]
    async with region.begin(region.second) as session:
        await clients.retire_secret(session, caller=region.second, client=client.id)
    assert (await client.claims(1))["held_by"] == region.second.named

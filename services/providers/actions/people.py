"""People's accounts, for those who give them."""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.account_contacts import (
    WAYS_IN,
    add_account,
    change_contacts,
    contacts_differ,
    end_ways_in,
    kept_contacts,
)
from services.providers.actions.giving_roles import check_roles, place_of_role, require_to_give
from services.providers.actions.pending_grants import (
    for_second_person,
    give_roles,
    give_roles_anew,
    giver_of,
    take_roles,
)
from services.providers.models import Organisation, PendingGrant, Person, RoleGrant, Tutor
from services.providers.store.pending_grants import pending_of_people, reached_by
from services.providers.store.people import may_do_something, roles_of, roles_of_people
from shared.auth import Principal
from shared.db import lies_within
from shared.feed import emit
from shared.problems import NotFound, NotYours, field_problem
from shared.revoked import revoke
from shared.roles import Whose
from shared.schemas import people as wire
from shared.schemas.events import AccountForgotten


async def add_person(session: AsyncSession, *, caller: Principal, wanted: wire.PersonInput) -> uuid.UUID:
    """Give somebody an account with roles, which wait for a second person; returns its id."""
    await require_to_give(session, caller, wanted.region, wanted.roles)
    return await create_person(session, wanted, given_by=giver_of(caller))


async def create_person(session: AsyncSession, wanted: wire.PersonInput, given_by: str | None = None) -> uuid.UUID:
    """Create the account itself, for whoever has been allowed to ask for it; an operator needs no second person."""
    _check_reachable(wanted)
    await check_roles(session, wanted.region, wanted.roles)
    kept = kept_contacts(wanted.email, wanted.phone)
    person = Person(region=wanted.region, language=wanted.language, **kept)
    await add_account(session, person)
    await give_roles(session, person, wanted.roles, given_by)
    return person.id


def _check_reachable(wanted: wire.PersonInput) -> None:
    if not (wanted.email or wanted.phone):
        raise field_problem("/email", "contact")


async def replace_person(
    session: AsyncSession, *, caller: Principal, person: uuid.UUID, wanted: wire.PersonInput
) -> None:
    """Change an account: its roles, as far as the caller reaches; its contacts, when the caller reaches all that it may
    do, or whoever gives one role could take over the others. What is taken away ends at once, what is given waits for a
    second person, and what waits already waits on."""
    row, roles, waiting = await _locked_with_roles(session, caller, person)
    if wanted.region != row.region:
        raise field_problem("/region", "unchanged")
    _check_reachable(wanted)
    new = [role for role in wanted.roles if role not in (*roles, *waiting)]
    gone = [role for role in roles if role not in wanted.roles]
    kept = kept_contacts(wanted.email, wanted.phone)
    is_moved = contacts_differ(row, kept)
    needed = [*roles, *waiting, *wanted.roles] if is_moved else [*new, *gone]
    await require_to_give(session, caller, row.region, needed)
    await check_roles(session, row.region, new)
    row.language = wanted.language
    giver = giver_of(caller)
    await take_roles(session, row, gone)
    if is_moved:
        await change_contacts(session, row, kept)
        await give_roles_anew(session, row, giver)
    await give_roles(session, row, new, giver)
    if gone:
        await roles_changed(session, row)


async def remove_person(session: AsyncSession, *, caller: Principal, person: uuid.UUID) -> None:
    """Take an account away, when the caller reaches all that it may do. A tutor's record stays, without an account."""
    row, roles, waiting = await _locked_with_roles(session, caller, person)
    await require_to_give(session, caller, row.region, [*roles, *waiting])
    await forget_person(session, row)


async def end_others_ways_in(session: AsyncSession, *, caller: Principal, person: uuid.UUID) -> None:
    """End every way in of somebody who has lost their passkeys, when the caller reaches all that they may do. The code
    that they ask for next lets them make a new one."""
    row, roles, waiting = await _locked_with_roles(session, caller, person)
    await require_to_give(session, caller, row.region, [*roles, *waiting])
    await end_ways_in(session, row)


async def forget_person(session: AsyncSession, row: Person) -> None:
    """Delete an account, and sign it out everywhere at once. What it did is in the audit log by a number that is
    nobody's any more."""
    await revoke(session, "person", row.id)
    await session.execute(sa.update(Tutor).where(Tutor.person_id == row.id).values(person_id=None))
    for model in (*WAYS_IN, RoleGrant, PendingGrant):
        await session.execute(sa.delete(model).where(model.person_id == row.id))
    await session.delete(row)
    await session.flush()
    await emit(session, AccountForgotten(id=row.id), internal=True)


async def roles_changed(session: AsyncSession, row: Person) -> None:
    """Take back what was given to somebody before; the next token says what they may do now."""
    await revoke(session, "person", row.id)


async def settle_account(session: AsyncSession, row: Person) -> None:
    """Forget an account that may do nothing any more; of another, take back what it was given before."""
    await (roles_changed if await may_do_something(session, row.id) else forget_person)(session, row)


async def _locked_with_roles(
    session: AsyncSession, caller: Principal, person: uuid.UUID
) -> tuple[Person, list[wire.Role], list[wire.Role]]:
    """Return an account, locked, with its roles and those that wait; for who reaches none of them it is not there."""
    caller.require("access:give")
    row = await session.get(Person, person, with_for_update=True)
    if row is None:
        raise NotFound
    roles = [wire.Role.model_validate(role) for role in await roles_of(session, person)]
    waiting = [wire.Role.model_validate(role) for role in await pending_of_people(session, [person])]
    places = [await place_of_role(session, row.region, role) for role in (*roles, *waiting)]
    if not any(caller.may("access:give", each) for each in (*places, Whose(row.region))):
        raise NotYours
    return row, roles, waiting


def within_reach(caller: Principal) -> sa.ColumnElement[bool]:
    """Return the condition of an account some of whose roles the caller could give. A tutor's role is where the
    tutor's organisation is."""
    caller.require("access:give")
    reaches = caller.within("access:give")
    theirs = (
        sa.select(RoleGrant.person_id)
        .outerjoin(Tutor, Tutor.id == RoleGrant.tutor_id)
        .join(Organisation, Organisation.id == sa.func.coalesce(Tutor.organisation_id, RoleGrant.organisation_id))
        .where(
            RoleGrant.role != "coordinator",
            lies_within(
                reaches,
                region=Organisation.region,
                municipality=Organisation.municipality,
                organisation=Organisation.id,
            ),
        )
    )
    waiting = sa.select(PendingGrant.person_id).where(reached_by(reaches))
    return sa.or_(lies_within(reaches, region=Person.region), Person.id.in_(theirs), Person.id.in_(waiting))


async def with_roles(session: AsyncSession, people: Sequence[Person]) -> list[wire.PersonDetails]:
    """Return accounts with their roles, as those see them who give them."""
    roles: dict[uuid.UUID, list[wire.Role]] = {person.id: [] for person in people}
    for grant in await roles_of_people(session, roles):
        roles[grant.person_id].append(wire.Role.model_validate(grant))
    pending: dict[uuid.UUID, list[wire.PendingGrant]] = {person.id: [] for person in people}
    for waiting in await pending_of_people(session, pending):
        pending[waiting.receiver_id].append(for_second_person(waiting))
    names = ("id", "region", "language", "email", "phone")
    return [
        wire.PersonDetails.model_validate(
            {name: getattr(each, name) for name in names} | {"roles": roles[each.id], "pending": pending[each.id]}
        )
        for each in people
    ]

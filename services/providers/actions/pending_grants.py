"""Giving roles and scopes. What a person gives waits for a second person; what an operator gives holds at once.

Every role opens citizens' details or gives such roles to others. If any of them held at once, whoever gives could make
a second person of themself.
"""

import uuid
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.giving_roles import link_tutors
from services.providers.actions.grant_notices import tell_of_grant
from services.providers.domain.second_person import ends_at
from services.providers.models import ApiClient, PendingGrant, Person, RoleGrant
from services.providers.store.pending_grants import pending_of_people
from services.providers.store.people import roles_of
from shared.auth import Principal
from shared.roles import TABLE
from shared.schemas import people as wire

FIELDS = ("id", "person_id", "client_id", "scope", "given_by", "given_at")
OPENING_SCOPE = TABLE["citizens:read"].scope


def giver_of(caller: Principal) -> str:
    """Return who gives what a caller gives: behind an API client is whoever was shown the secret that it came with."""
    return caller.held_by or caller.named


async def give_roles(session: AsyncSession, person: Person, roles: Iterable[wire.Role], given_by: str | None) -> None:
    """Give an account roles which it has not, and link it to the tutors among them; `given_by` is None for an
    operator."""
    for role in roles:
        held = role.model_dump()
        if given_by is None:
            session.add(RoleGrant(person_id=person.id, **held))
        else:
            await _let_wait(session, PendingGrant(region=person.region, person_id=person.id, given_by=given_by, **held))
    await session.flush()
    await link_tutors(session, person.id)


async def take_roles(session: AsyncSession, person: Person, roles: Sequence[wire.Role]) -> None:
    """Take roles from an account that hold."""
    for grant in await roles_of(session, person.id):
        if wire.Role.model_validate(grant) in roles:
            await session.delete(grant)
    await session.flush()
    await link_tutors(session, person.id)


async def give_roles_anew(session: AsyncSession, person: Person, given_by: str) -> None:
    """Let all roles wait once more, as given by whoever has changed how the account is reached: it may be somebody
    else's now."""
    grants = (*await roles_of(session, person.id), *await pending_of_people(session, [person.id]))
    roles = [wire.Role.model_validate(grant) for grant in grants]
    for grant in grants:
        await session.delete(grant)
    await session.flush()
    await give_roles(session, person, roles, given_by)


def waiting_scopes(scopes: Iterable[wire.Scope], organisation: uuid.UUID | None) -> set[wire.Scope]:
    """Return which scopes of an API client wait for a second person: one that opens an organisation's citizens. A
    client of a region sees those alone whom it has booked itself."""
    return {scope for scope in scopes if scope == OPENING_SCOPE and organisation is not None}


async def ask_for_scopes(session: AsyncSession, client: ApiClient, scopes: Iterable[wire.Scope], given_by: str) -> None:
    """Let scopes of an API client wait, each once."""
    theirs = PendingGrant.client_id == client.id
    await session.execute(sa.delete(PendingGrant).where(theirs, PendingGrant.scope.in_(scopes)))
    own = {"region": client.region, "organisation_id": client.organisation_id, "client_id": client.id}
    for scope in sorted(scopes):
        await _let_wait(session, PendingGrant(scope=scope, given_by=given_by, **own))


def for_second_person(grant: PendingGrant) -> wire.PendingGrant:
    """Return what waits, as those see it who may confirm it."""
    values: dict[str, object] = {name: getattr(grant, name) for name in FIELDS}
    role = wire.Role.model_validate(grant) if grant.role else None
    return wire.PendingGrant.model_validate(values | {"role": role, "ends_at": ends_at(grant.given_at)})


async def _let_wait(session: AsyncSession, grant: PendingGrant) -> None:
    session.add(grant)
    await session.flush()
    await tell_of_grant(session, grant, "pending", {grant.given_by, grant.receiver})

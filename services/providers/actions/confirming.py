"""The second person: what waits is confirmed, refused, or over."""

import datetime as dt
import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import access
from services.providers.actions.giving_roles import link_tutors
from services.providers.actions.grant_notices import tell_of_grant
from services.providers.actions.pending_grants import for_second_person
from services.providers.actions.people import roles_changed, settle_account
from services.providers.domain.second_person import given_after, is_second
from services.providers.models import ApiClient, PendingGrant, Person, RoleGrant
from services.providers.problems import SecondPersonNeeded
from services.providers.store.audit import note_who
from services.providers.store.pending_grants import (
    details_of,
    forget_old_notices,
    given_before,
    organisation_of,
    reached_by,
)
from shared.auth import Principal
from shared.clock import now as clock
from shared.problems import NotFound, NotYours
from shared.roles import Action, Whose
from shared.schemas import people as wire


def waiting_for(caller: Principal, now: dt.datetime) -> sa.ColumnElement[bool]:
    """Return the condition of what the caller may confirm."""
    caller.require("access:give")
    people, clients = (reached_by(caller.within(action)) for action in ("access:give", "api-clients:manage"))
    return sa.and_(
        PendingGrant.given_at > given_after(now),
        PendingGrant.given_by != caller.named,
        PendingGrant.person_id.is_distinct_from(access.person(caller)),
        sa.case((PendingGrant.client_id.is_(None), people), else_=clients),
    )


async def in_detail(session: AsyncSession, rows: Sequence[PendingGrant]) -> list[wire.PendingGrantDetails]:
    """Return what waits, so that a second person knows of whom it is and whom to ask."""
    details = await details_of(session, [row.id for row in rows])
    # What somebody else has confirmed or refused since the rows were read is in neither.
    shown = [{**for_second_person(row).model_dump(), **details[row.id]} for row in rows if row.id in details]
    return [wire.PendingGrantDetails.model_validate(each) for each in shown]


async def confirm(session: AsyncSession, *, caller: Principal, grant: uuid.UUID, now: dt.datetime) -> uuid.UUID:
    """Let what waits hold, and have the organisation told; returns its id. Raises `NotFound` for whoever does not reach
    it, and `SecondPersonNeeded` for who gave it or was given it."""
    row, receiver = await _reached(session, caller, grant, now)
    if not is_second(caller.named, giver=row.given_by, receiver=row.receiver):
        raise SecondPersonNeeded
    await tell_of_grant(session, row, "confirmed", {caller.named})
    await let_hold(session, row, receiver)
    return grant


async def confirm_as_operator(session: AsyncSession, grant: uuid.UUID) -> None:
    """Let what waits hold, for an operator, who may be the second person of anything; raises `NotFound`."""
    row, receiver = await _locked(session, grant)
    await tell_of_grant(session, row, "confirmed", set())
    await let_hold(session, row, receiver)


async def refuse(session: AsyncSession, *, caller: Principal, grant: uuid.UUID, now: dt.datetime) -> uuid.UUID:
    """End what waits, as a second person or as the one who gave it; returns its id. Raises `NotFound`."""
    row, receiver = await _reached(session, caller, grant, now)
    await _end_waiting(session, row, receiver)
    return grant


async def end_overdue_grants(session: AsyncSession) -> None:
    """End what nobody has confirmed in time, in the service's own name, and delete notices as old as that."""
    await note_who(session, "service:providers")
    at = given_after(clock())
    for row in await given_before(session, at):
        if (receiver := await _locked_receiver(session, row)) is not None:
            await _end_waiting(session, row, receiver)
    await forget_old_notices(session, at)


async def let_hold(session: AsyncSession, row: PendingGrant, receiver: Person | ApiClient) -> None:
    """Let what waits hold; a role keeps its id."""
    await session.delete(row)
    await session.flush()
    match receiver:
        case Person():
            role = wire.Role.model_validate(row).model_dump()
            session.add(RoleGrant(id=row.id, person_id=receiver.id, **role))
            await session.flush()
            await roles_changed(session, receiver)
        case ApiClient() if receiver.next_secret_hash is not None:
            # It was asked for with the next secret. What the old one opens, its holder may have been refused.
            receiver.next_scopes = [*(receiver.next_scopes or []), row.given]
        case ApiClient():
            receiver.scopes = [*receiver.scopes, row.given]


async def _end_waiting(session: AsyncSession, row: PendingGrant, receiver: Person | ApiClient) -> None:
    await session.delete(row)
    await session.flush()
    if isinstance(receiver, Person):
        await link_tutors(session, receiver.id)
        await settle_account(session, receiver)


async def _reached(
    session: AsyncSession, caller: Principal, grant: uuid.UUID, now: dt.datetime
) -> tuple[PendingGrant, Person | ApiClient]:
    """Return what waits and who was given it, both locked; for who could not give it, it is not there."""
    caller.require("access:give")
    row, receiver = await _locked(session, grant)
    if row.given_at <= given_after(now):
        raise NotFound
    action: Action = "access:give" if isinstance(receiver, Person) else "api-clients:manage"
    organisation = await organisation_of(session, row)
    place = Whose(row.region) if organisation is None else await access.whose(session, organisation)
    if not caller.may(action, place):
        raise NotYours
    return row, receiver


async def _locked(session: AsyncSession, grant: uuid.UUID) -> tuple[PendingGrant, Person | ApiClient]:
    """Return what waits and who was given it, both locked; raises `NotFound`."""
    found = await session.get(PendingGrant, grant)
    receiver = await _locked_receiver(session, found) if found else None
    row = await session.get(PendingGrant, grant, with_for_update=True, populate_existing=True)
    if row is None or receiver is None:
        raise NotFound
    return row, receiver


async def _locked_receiver(session: AsyncSession, row: PendingGrant) -> Person | ApiClient | None:
    """Return who was given it, locked before it, as everywhere."""
    model = Person if row.person_id else ApiClient
    return await session.get(model, row.receiver_id, with_for_update=True)

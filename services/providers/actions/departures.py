"""Forgetting a tutor who leaves, and a person who asks for it: nobody is left waiting for them, and nothing of a person
is kept."""

import uuid
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import access
from services.providers.actions.asking_first import Begin, ask_then_write, refuse_while_tutor_awaits
from services.providers.actions.people import forget_person, settle_account
from services.providers.actions.saving import Overtaken
from services.providers.actions.tutors import emit_tutor
from services.providers.models import PendingGrant, Person, RoleGrant, Tutor
from services.providers.store.records import existing
from shared.auth import Principal
from shared.clients import BookingClient
from shared.feed import Event, emit
from shared.problems import NotFound
from shared.schemas.events import TutorChanged, TutorForgotten

NAMELESS = "–"


async def remove_tutor(begin: Begin, booking: BookingClient, *, caller: Principal, tutor: uuid.UUID) -> None:
    """Forget a tutor: their name, their training and their account go; what they did stays as a number. Raises
    `AppointmentsToCome`."""
    caller.require("registry:write")

    async def ask() -> int:
        async with begin() as session:
            row = await existing(session, Tutor, tutor)
            await access.require_to_write(session, caller, row)
        await refuse_while_tutor_awaits(booking, tutor)
        return row.version

    async def write(seen: int) -> None:
        async with begin() as session:
            await _forget_with_account(session, caller, tutor, seen)

    await ask_then_write(ask, write)


async def _forget_with_account(session: AsyncSession, caller: Principal, tutor: uuid.UUID, seen: int) -> None:
    account = await _locked_account(session, await session.scalar(sa.select(Tutor.person_id).where(Tutor.id == tutor)))
    row = await session.get(Tutor, tutor, with_for_update=True)
    if row is None:
        raise NotFound
    await access.require_to_write(session, caller, row)
    if row.version != seen:
        raise Overtaken
    await _forget_tutor(session, row)
    if account is not None:
        await settle_account(session, account)


async def forget_me(begin: Begin, booking: BookingClient, *, person: uuid.UUID) -> None:
    """Erase a person who asks for it (GDPR, article 17). Raises `AppointmentsToCome` while they are a tutor who has
    some."""
    theirs = sa.select(Tutor).where(Tutor.person_id == person)

    async def ask() -> dict[uuid.UUID, int]:
        async with begin() as session:
            seen = {row.id: row.version for row in await session.scalars(theirs)}
        for tutor in seen:
            await refuse_while_tutor_awaits(booking, tutor)
        return seen

    async def write(seen: dict[uuid.UUID, int]) -> None:
        async with begin() as session:
            account = await _locked_account(session, person)
            rows = (await session.scalars(theirs.with_for_update())).all()
            if {row.id: row.version for row in rows} != seen:
                raise Overtaken
            for row in rows:
                await _forget_tutor(session, row)
            if account is not None:
                await forget_person(session, account)

    await ask_then_write(ask, write)


async def erase_people_again(session: AsyncSession, is_buried: Callable[[uuid.UUID], bool]) -> int:
    """Forget the accounts and tutors whom a restored backup has brought back; return how many."""
    people = [each for each in await session.scalars(sa.select(Person.id)) if is_buried(each)]
    named = sa.select(Tutor.id).where(Tutor.display_name != NAMELESS)
    tutors = [each for each in await session.scalars(named) if is_buried(each)]
    for person in people:
        await forget_person(session, await session.get_one(Person, person, with_for_update=True))
    for tutor in tutors:
        await _forget_tutor(session, await session.get_one(Tutor, tutor, with_for_update=True))
    return len(people) + len(tutors)


async def _locked_account(session: AsyncSession, person: uuid.UUID | None) -> Person | None:
    """Return an account, locked before the tutor that it is of, as everywhere, or two requests wait for each other."""
    return await session.get(Person, person, with_for_update=True) if person else None


async def _forget_tutor(session: AsyncSession, row: Tutor) -> None:
    row.display_name, row.full_name, row.phone, row.person_id, row.training = NAMELESS, None, None, None, []
    row.home_municipalities, row.guidelines_accepted_on, row.status = [], None, "ended"
    row.version += 1
    for model in (RoleGrant, PendingGrant):
        await session.execute(sa.delete(model).where(model.tutor_id == row.id))
    await session.flush()
    # The events of before lose the name too: of all that is in the feed, this alone may change.
    nameless = Event.data.op("||")(sa.func.jsonb_build_object("display_name", NAMELESS))
    named = sa.update(Event).where(Event.type == TutorChanged.type, Event.subject == str(row.id))
    await session.execute(named.values(data=nameless).execution_options(synchronize_session=False))
    await emit_tutor(session, row)
    await emit(session, TutorForgotten(id=row.id))

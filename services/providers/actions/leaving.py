"""When somebody leaves, or a place shuts for good: nobody is left waiting there, and nothing of a person is kept."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import access, domain
from services.providers.actions import people
from services.providers.actions.catalogue import emit_tutor
from services.providers.models import Person, RoleGrant, Tutor
from services.providers.problems import AppointmentsToCome
from shared.auth import Principal
from shared.clients import BookingClient
from shared.feed import Event, emit
from shared.problems import NotFound
from shared.schemas.events import TutorChanged, TutorForgotten

NAMELESS = "–"


async def nothing_to_come(
    booking: BookingClient,
    *,
    tutor: uuid.UUID | None = None,
    service_point: uuid.UUID | None = None,
    inside: tuple[dt.date | None, dt.date | None] | None = None,
) -> None:
    """Refuse while booking knows of appointments that are still to come, but for those on the dates `inside`;
    `Unavailable` while booking is away, since then nobody knows."""
    coming = await booking.to_come(tutor=tutor, service_point=service_point)
    if inside is not None:
        coming = [each for each in coming if not domain.is_within(each.start.date(), *inside)]
    if coming:
        raise AppointmentsToCome([each.model_dump(mode="json") for each in coming])


async def remove_tutor(session: AsyncSession, booking: BookingClient, *, caller: Principal, tutor: uuid.UUID) -> None:
    """A tutor leaves: their name, their training and their account go; what they did stays as a number."""
    caller.require("registry:write")
    account = await _locked(session, await session.scalar(sa.select(Tutor.person_id).where(Tutor.id == tutor)))
    row = await session.get(Tutor, tutor, with_for_update=True)
    if row is None:
        raise NotFound
    await access.may_write(session, caller, row)
    await _forget_tutor(session, booking, row)
    if account is not None:
        others = await session.scalar(sa.select(RoleGrant.id).where(RoleGrant.person_id == account.id).limit(1))
        await (people.roles_changed(session, account) if others else people.forget_person(session, account))


async def forget_me(session: AsyncSession, booking: BookingClient, *, person: uuid.UUID) -> None:
    """Erase a person who asks for it (GDPR, article 17)."""
    account = await _locked(session, person)
    for row in await session.scalars(sa.select(Tutor).where(Tutor.person_id == person).with_for_update()):
        await _forget_tutor(session, booking, row)
    if account is not None:
        await people.forget_person(session, account)


async def _locked(session: AsyncSession, person: uuid.UUID | None) -> Person | None:
    """An account, locked before the tutor that it is of, as everywhere."""
    return await session.get(Person, person, with_for_update=True) if person else None


async def _forget_tutor(session: AsyncSession, booking: BookingClient, row: Tutor) -> None:
    await nothing_to_come(booking, tutor=row.id)
    row.display_name, row.full_name, row.person_id, row.training = NAMELESS, None, None, []
    row.home_municipalities, row.guidelines_accepted_on, row.status = [], None, "ended"
    row.version += 1
    await session.execute(sa.delete(RoleGrant).where(RoleGrant.tutor_id == row.id))
    await session.flush()
    # What was told of them before loses the name too: of all that is in the feed, this alone may change.
    nameless = Event.data.op("||")(sa.func.jsonb_build_object("display_name", NAMELESS))
    told = sa.update(Event).where(Event.type == TutorChanged.type, Event.subject == str(row.id))
    await session.execute(told.values(data=nameless).execution_options(synchronize_session=False))
    await emit_tutor(session, row)
    await emit(session, TutorForgotten(id=row.id))

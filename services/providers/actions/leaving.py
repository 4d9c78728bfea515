"""When somebody leaves, or a place shuts for good: nobody is left waiting there, and nothing of a person is kept."""

import datetime as dt
import uuid

import httpx2
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import access
from services.providers.actions import passkeys, people, sign_in
from services.providers.actions.catalogue import emit_tutor
from services.providers.models import AuditEntry, Identity, Person, RoleGrant, Tutor
from services.providers.problems import StillNeeded
from services.providers.settings import Settings
from shared.auth import Principal
from shared.clients import BookingClient
from shared.feed import emit
from shared.problems import NotFound, Unauthenticated
from shared.schemas import people as wire
from shared.schemas import providers

DONE_SHOWN = 1000
NOBODY = "–"  # the name of a helper who wants to be forgotten


async def nothing_to_come(
    app: FastAPI, *, tutor: uuid.UUID | None = None, service_point: uuid.UUID | None = None
) -> None:
    """Refuse while booking knows of appointments that are still to come; `Unavailable` while booking is away, since
    then nobody knows."""
    settings: Settings = app.state.settings
    async with httpx2.AsyncClient() as http:
        booking = BookingClient(http, settings.booking_url, key=app.state.key)
        coming = await booking.to_come(tutor=tutor, service_point=service_point)
    if coming:
        raise StillNeeded([each.model_dump(mode="json") for each in coming])


async def remove_tutor(session: AsyncSession, app: FastAPI, *, caller: Principal, tutor: uuid.UUID) -> None:
    """A tutor leaves: their name, their training and their account go; what they did stays as a number."""
    row = await session.get(Tutor, tutor, with_for_update=True)
    if row is None:
        caller.require("registry:write")
        raise NotFound
    await access.may_write(session, caller, row)
    await _forget_tutor(session, app, row)


async def _forget_tutor(session: AsyncSession, app: FastAPI, row: Tutor) -> None:
    await nothing_to_come(app, tutor=row.id)
    person = await session.get(Person, row.person_id) if row.person_id else None
    row.display_name, row.full_name, row.person_id, row.training = NOBODY, None, None, []
    row.home_municipalities, row.guidelines_accepted_on, row.status = [], None, "ended"
    row.version += 1
    await session.execute(sa.delete(RoleGrant).where(RoleGrant.tutor_id == row.id))
    await session.flush()
    await emit_tutor(session, row)
    await emit(session, "tutor.forgotten", row.id, {"id": str(row.id)})
    if person is not None:
        others = await session.scalar(sa.select(RoleGrant.id).where(RoleGrant.person_id == person.id).limit(1))
        await (people.roles_changed(session, person) if others else people.forget_person(session, person))


async def forget_me(session: AsyncSession, app: FastAPI, *, person: uuid.UUID) -> None:
    """Erase a person who asks for it (GDPR, article 17)."""
    for row in await session.scalars(sa.select(Tutor).where(Tutor.person_id == person).with_for_update()):
        await _forget_tutor(session, app, row)
    account = await session.get(Person, person)
    if account is not None:
        await people.forget_person(session, account)


async def data_of(
    session: AsyncSession, person: uuid.UUID, *, current: uuid.UUID | None, now: dt.datetime
) -> wire.MyData:
    """All that the registry holds of a person."""
    account = await session.get(Person, person)
    if account is None:  # forgotten a moment ago
        raise Unauthenticated
    tutors = await session.scalars(sa.select(Tutor).where(Tutor.person_id == person))
    identities = await session.scalars(sa.select(Identity.issuer).where(Identity.person_id == person))
    done = sa.select(AuditEntry).where(AuditEntry.caller == f"person:{person}").order_by(AuditEntry.id.desc())
    return wire.MyData(
        account=wire.PersonDetails.model_validate(await people.shown(session, account)),
        tutor=[providers.TutorDetails.model_validate(row) for row in tutors],
        sessions=await sign_in.sessions(session, person, current=current, now=now),
        passkeys=[wire.Passkey.model_validate(row) for row in await passkeys.of_person(session, person)],
        identities=list(identities),
        done=[wire.AuditEntry.model_validate(row) for row in await session.scalars(done.limit(DONE_SHOWN))],
    )

"""Whose the registry's records are, for the table in `shared.roles`."""

import uuid
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.models import Offering, Organisation, ServicePoint, Tutor
from shared.auth import Principal
from shared.db import lies_within
from shared.problems import Forbidden, InvalidReference, NotYours, PasskeyNeeded, Unauthenticated, field_problem
from shared.roles import Whose

Record = Organisation | ServicePoint | Tutor | Offering


def person(caller: Principal) -> uuid.UUID:
    """Return the id of the account that is signed in; refuses whoever is no person, and who must sign in with a passkey
    first."""
    found = person_with_code(caller)
    if caller.bound:
        raise PasskeyNeeded
    return found


def person_with_code(caller: Principal) -> uuid.UUID:
    """Return likewise the account of who may have to make their first passkey yet."""
    if caller.kind == "anonymous":
        raise Unauthenticated
    if caller.kind != "person":
        raise Forbidden
    return uuid.UUID(caller.id)


async def whose(session: AsyncSession, record: Record) -> Whose:
    """Return where a record belongs. Tutors and offerings are where their organisation is."""
    match record:
        case Organisation():
            return Whose(record.region, record.municipality, record.id)
        case ServicePoint():
            return Whose(record.region, record.municipality, record.organisation_id, record.id)
        case Tutor() | Offering():
            theirs = await whose(session, await session.get_one(Organisation, record.organisation_id))
            return replace(theirs, tutor=record.id) if isinstance(record, Tutor) else theirs


async def require_to_write(session: AsyncSession, caller: Principal, record: Record) -> None:
    """Raise Unauthenticated, Forbidden or WrongRegion for whoever may not write a record."""
    caller.require("registry:write", await whose(session, record))


async def tutor_whose_time(session: AsyncSession, caller: Principal, tutor_id: uuid.UUID | None) -> Tutor:
    """Return the tutor whose time is meant, by default the caller themself. Raises Unauthenticated, Forbidden for whose
    time the caller may not manage, InvalidReference for a tutor whom there is not."""
    caller.require("availability:write")
    chosen = tutor_id or next((role.tutor_id for role in caller.with_role("tutor")), None)
    if chosen is None:
        raise Forbidden if caller.kind == "person" else field_problem("/tutor_id", "missing")
    tutor = await session.get(Tutor, chosen)
    if tutor is None:
        raise InvalidReference(what=str(chosen))
    caller.require("availability:write", await whose(session, tutor))
    return tutor


def approvable(caller: Principal) -> sa.ColumnElement[bool]:
    """Return the condition of an organisation whose registration the caller may decide on."""
    caller.require("organisations:approve")
    reaches = caller.within("organisations:approve")
    return lies_within(reaches, region=Organisation.region, municipality=Organisation.municipality)


def is_public(record: Record) -> bool:
    """Return whether anybody may see a record. Of tutors and offerings, all is that is shown at all."""
    match record:
        case Organisation():
            return record.status != "proposed"
        case ServicePoint():
            return record.publishing == "published"
        case _:
            return True


async def require_to_see(session: AsyncSession, caller: Principal, record: Record) -> None:
    """Raise NotYours for whoever may not write it, when a record is not public yet, or no longer."""
    if not is_public(record) and not caller.may("registry:write", await whose(session, record)):
        raise NotYours

"""Telling an organisation or a region that a role or scope was given or confirmed in it."""

import uuid
from collections.abc import Set

from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.domain.second_person import whom_to_tell
from services.providers.models import ApiClient, GrantNotice, Organisation, PendingGrant, Person
from services.providers.store.pending_grants import coordinators_of, managers_of, organisation_of
from shared.feed import emit
from shared.languages import DEFAULT
from shared.problems import NotFound
from shared.schemas import people as wire
from shared.schemas.events import GrantNoticed


async def tell_of_grant(session: AsyncSession, grant: PendingGrant, about: wire.AboutGrant, knowing: Set[str]) -> None:
    """Have a grant told where it is: to the organisation's managers, or to the region's coordinators; not to those who
    know of it."""
    organisation = await organisation_of(session, grant)
    managers = await managers_of(session, organisation) if organisation else []
    told = whom_to_tell(managers, await coordinators_of(session, grant.region, organisation), knowing)
    # Of nobody's account stands for the organisation's own address.
    for person in (*told, None) if organisation and not managers else told:
        notice = GrantNotice(
            about=about,
            grant_id=grant.id,
            organisation_id=organisation.id if organisation else None,
            receiver=grant.receiver,
            given=grant.given,
            person_id=person,
        )
        session.add(notice)
        await session.flush()
        await emit(session, GrantNoticed(id=notice.id), internal=True)


async def grant_message(session: AsyncSession, notice: uuid.UUID) -> wire.GrantMessage:
    """Return what to tell of a grant, and whom; raises `NotFound` when it is no more, or nobody is there to be told."""
    row = await session.get(GrantNotice, notice)
    if row is None or (row.about == "pending" and await session.get(PendingGrant, row.grant_id) is None):
        raise NotFound
    organisation = await session.get_one(Organisation, row.organisation_id) if row.organisation_id else None
    told = await session.get_one(Person, row.person_id) if row.person_id else None
    where = organisation or told
    if where is None:
        raise NotFound
    own = organisation.email if organisation else None
    email = told.email if told else own
    return wire.GrantMessage.model_validate(
        {
            "language": told.language if told else DEFAULT,
            "email": email,
            "phone": told.phone if told and not email else None,
            "region": where.region,
            "about": row.about,
            "organisation": organisation.name if organisation else None,
            "given": row.given,
            "account": await _called(session, row.receiver),
        }
    )


async def _called(session: AsyncSession, receiver: str) -> str:
    """Return how those who give roles know an account or an API client; raises `NotFound` when it is gone."""
    kind, _, record = receiver.partition(":")
    found = await session.get(Person if kind == "person" else ApiClient, uuid.UUID(record))
    match found:
        case Person():
            return found.email or found.phone or ""
        case ApiClient():
            return found.name
    raise NotFound

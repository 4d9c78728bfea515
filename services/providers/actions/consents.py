"""Consents: a service point's organisation lets another organisation's tutors help there, once for all their hours."""

import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import access
from services.providers.models import Consent, ServicePoint
from services.providers.store.consents import consent_of
from services.providers.store.organisations import referenced_organisation
from shared.auth import Principal
from shared.feed import emit
from shared.problems import InvalidReference, NotFound
from shared.schemas import providers as wire
from shared.schemas.events import ConsentChanged


async def say(
    session: AsyncSession,
    *,
    caller: Principal,
    point: uuid.UUID,
    organisation: uuid.UUID,
    status: wire.ConsentStatus,
) -> uuid.UUID:
    """Allow an organisation's tutors at a service point, or withdraw that; returns the consent's id. Nothing happens
    when it is so already. Raises `NotFound` for the point, `InvalidReference` for an organisation that has no use for
    it: the point's own, or one of another region."""
    caller.require("registry:write")  # who may not is told so before what exists
    place = await session.get(ServicePoint, point, with_for_update=True)
    if place is None:
        raise NotFound
    await access.require_to_write(session, caller, place)
    guest = await referenced_organisation(session, organisation)
    if guest.id == place.organisation_id or guest.region != place.region:
        raise InvalidReference(what=str(organisation))
    return (await set_status(session, place, organisation, status)).id


async def set_status(
    session: AsyncSession, place: ServicePoint, organisation: uuid.UUID, status: wire.ConsentStatus
) -> Consent:
    """Write what is said at a locked service point to an organisation, and emit it if it is new; returns it."""
    row = await consent_of(session, place.id, organisation)
    if row is not None and row.status == status:
        return row
    if row is None:
        row = Consent(region=place.region, service_point_id=place.id, organisation_id=organisation)
        session.add(row)
    row.status = status
    await session.flush()
    await emit(session, ConsentChanged.model_validate(row), internal=place.publishing != "published")
    return row

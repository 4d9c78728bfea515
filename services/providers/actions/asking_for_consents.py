"""Asking for a consent: for a tutor's whole organisation, and once."""

import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import access
from services.providers.actions.consent_notices import note_asker, tell_host
from services.providers.models import Consent, ServicePoint
from services.providers.store.consents import consent_of
from shared.auth import Principal
from shared.problems import InvalidReference, NotFound


async def ask_for_consent(
    session: AsyncSession, *, caller: Principal, point: uuid.UUID, tutor_id: uuid.UUID | None
) -> uuid.UUID:
    """Ask a service point's organisation to allow the tutor's there, and have it told; returns the consent's id. What
    was asked or said already stays as it is, and is told to no manager again. Raises `NotFound` for a point that is not
    shown, `InvalidReference` for a tutor or a point for which there is nothing to ask."""
    tutor = await access.tutor_whose_time(session, caller, tutor_id)
    place = await session.get(ServicePoint, point, with_for_update=True)
    if place is None or not access.is_public(place):
        raise NotFound
    if place.organisation_id == tutor.organisation_id or place.region != tutor.region or place.status != "active":
        raise InvalidReference(what=str(point))
    row = await consent_of(session, place.id, tutor.organisation_id)
    if row is None:
        own = {"region": place.region, "service_point_id": place.id, "organisation_id": tutor.organisation_id}
        row = Consent(status="asked", **own)
        session.add(row)
        await session.flush()
        await tell_host(session, row, place, {caller.named})
    if row.status == "asked" and caller.kind == "person":
        await note_asker(session, row, access.person(caller))
    return row.id

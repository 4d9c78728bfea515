"""Queries of organisations."""

import uuid

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.models import Organisation, ServicePoint, Tutor
from shared.audit.log import anonymous_lately
from shared.db import driver
from shared.problems import InvalidReference


async def referenced_organisation(session: AsyncSession, organisation_id: uuid.UUID) -> Organisation:
    """Return the organisation that somebody refers to; raises `InvalidReference`."""
    found = await session.get(Organisation, organisation_id)
    if found is None or found.status == "proposed":  # one that nobody has approved has nothing yet
        raise InvalidReference(what=str(organisation_id))
    return found


async def proposed_from(session: AsyncSession, address: str, most: int) -> int:
    """Return how many organisations were proposed from an address, or another of its network, within the hour; `most`
    when there are more. The audit log is asked, since a proposal that was deleted counts too."""
    return await anonymous_lately(await driver(session), address, most, kind="organisation")


async def is_at_work(session: AsyncSession, organisation: uuid.UUID) -> bool:
    """Return whether an organisation has service points or tutors in use."""
    for model in (ServicePoint, Tutor):
        wanted = sa.select(model.id).where(model.organisation_id == organisation, model.status == "active")
        if await session.scalar(wanted.limit(1)) is not None:
            return True
    return False

"""Queries of organisations."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.models import Organisation, ServicePoint, Tutor
from shared.addresses import network_of
from shared.audit.table import AuditEntry
from shared.problems import InvalidReference


async def referenced_organisation(session: AsyncSession, organisation_id: uuid.UUID) -> Organisation:
    """Return the organisation that somebody refers to; raises `InvalidReference`."""
    found = await session.get(Organisation, organisation_id)
    if found is None or found.status == "proposed":  # one that nobody has approved has nothing yet
        raise InvalidReference(what=str(organisation_id))
    return found


async def proposed_from(session: AsyncSession, address: str) -> int:
    """Return how many organisations were proposed from an address, or another of its line, within the hour. The audit
    log is asked, since a proposal that was deleted counts too."""
    wanted = sa.select(AuditEntry.address).where(
        AuditEntry.caller == "anonymous:anonymous",
        AuditEntry.kind == "organisation",
        AuditEntry.at > sa.func.now() - dt.timedelta(hours=1),
    )
    return sum(network_of(each or "") == network_of(address) for each in await session.scalars(wanted))


async def is_at_work(session: AsyncSession, organisation: uuid.UUID) -> bool:
    """Return whether an organisation has service points or tutors in use."""
    for model in (ServicePoint, Tutor):
        wanted = sa.select(model.id).where(model.organisation_id == organisation, model.status == "active")
        if await session.scalar(wanted.limit(1)) is not None:
            return True
    return False

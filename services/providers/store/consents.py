"""Queries of consents."""

import uuid

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.models import Consent


async def consent_of(session: AsyncSession, point: uuid.UUID, organisation: uuid.UUID) -> Consent | None:
    """Return what a service point's organisation has said to another organisation's tutors; None when nothing."""
    wanted = sa.select(Consent).where(Consent.service_point_id == point, Consent.organisation_id == organisation)
    found: Consent | None = await session.scalar(wanted)
    return found

"""Queries of consents."""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.models import Consent, ConsentNotice


async def consent_of(session: AsyncSession, point: uuid.UUID, organisation: uuid.UUID) -> Consent | None:
    """Return what a service point's organisation has said to another organisation's tutors; None when nothing."""
    wanted = sa.select(Consent).where(Consent.service_point_id == point, Consent.organisation_id == organisation)
    found: Consent | None = await session.scalar(wanted)
    return found


async def askers_of(session: AsyncSession, consent: Consent) -> Sequence[ConsentNotice]:
    """Return the notices of who has asked for a consent, and is to be told of the answer."""
    wanted = sa.select(ConsentNotice).where(ConsentNotice.consent_id == consent.id, ConsentNotice.about == "answered")
    return (await session.scalars(wanted.order_by(ConsentNotice.id))).all()

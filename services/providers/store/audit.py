"""Queries of the audit log."""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.models import AuditEntry

WHO = sa.text("SELECT set_config('vuoro.caller', :caller, true), set_config('vuoro.address', :address, true)")


async def note_who(session: AsyncSession, caller: str) -> None:
    """Give the audit triggers who does what follows in the transaction, where no request does."""
    await session.execute(WHO, {"caller": caller, "address": ""})


async def audit_entries(
    session: AsyncSession, *, region: str | None, record: str | None, after: uuid.UUID | None, limit: int
) -> Sequence[AuditEntry]:
    """Return what was done, the newest first: in a region and to what belongs to none; ids are in order of time."""
    wanted = sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if region is not None:
        wanted = wanted.where(sa.or_(AuditEntry.region == region, AuditEntry.region.is_(None)))
    if record is not None:
        wanted = wanted.where(AuditEntry.record == record)
    if after is not None:
        wanted = wanted.where(AuditEntry.id < after)
    return (await session.scalars(wanted)).all()

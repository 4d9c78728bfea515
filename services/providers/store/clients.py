"""Queries of API clients."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.models import ApiClient


async def note_use(session: AsyncSession, client: uuid.UUID, now: dt.datetime) -> None:
    """Note that an API client has been used, unless somebody else is at its row: it is not worth waiting for."""
    free = sa.select(ApiClient.id).where(ApiClient.id == client).with_for_update(skip_locked=True).scalar_subquery()
    await session.execute(sa.update(ApiClient).where(ApiClient.id == free).values(last_used_at=now))

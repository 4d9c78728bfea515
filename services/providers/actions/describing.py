"""A service point for readers outside: search engines, other sites."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import schema_org, store
from services.providers.models import ServicePoint
from shared.problems import NotFound
from shared.schemas import providers as wire

DAYS_AHEAD = 28


async def for_search_engines(
    session: AsyncSession, *, point: uuid.UUID, today: dt.date, public_url: str
) -> dict[str, Any]:
    """A point, the help that is given there and its hours of the coming weeks; only of one that anybody may come to."""
    row = await store.found(session, ServicePoint, point)
    if (row.status, row.publishing) != ("active", "published"):
        raise NotFound
    offerings, days = await store.help_at(session, row), await store.opening_days(session, point, today, DAYS_AHEAD)
    return schema_org.document(
        wire.ServicePoint.model_validate(row),
        [wire.Offering.model_validate(each) for each in offerings],
        [wire.OpeningDay.model_validate(each) for each in days],
        f"{public_url}/points/{point}",
    )

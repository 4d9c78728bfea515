"""A service point for readers outside: search engines, other sites."""

import datetime as dt
import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import schema_org
from services.providers.models import ServicePoint
from services.providers.store.records import existing
from services.providers.store.service_points import help_at, opening_days
from shared.problems import NotFound
from shared.schemas import providers as wire

DAYS_AHEAD = 28


async def describe_point(
    session: AsyncSession, *, point: uuid.UUID, today: dt.date, public_url: str
) -> dict[str, object]:
    """Return a point, the help that is given there and its hours of the coming weeks as schema.org has it; raises
    `NotFound` for one that nobody may come to."""
    row = await existing(session, ServicePoint, point)
    if (row.status, row.publishing) != ("active", "published"):
        raise NotFound
    offerings, days = await help_at(session, row), await opening_days(session, point, today, DAYS_AHEAD)
    return schema_org.document(
        wire.ServicePoint.model_validate(row),
        [wire.Offering.model_validate(each) for each in offerings],
        [wire.OpeningDay.model_validate(each) for each in days],
        f"{public_url}/points/{point}",
    )

"""Writing what is known of a service point's hours on some dates."""

import uuid
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import access
from services.providers.models import OpeningDay, ServicePoint
from shared.auth import Principal
from shared.conditional import unchanged
from shared.feed import emit
from shared.problems import NotFound
from shared.schemas import providers as wire
from shared.schemas.events import ServicePointHoursChanged


async def write_hours(
    session: AsyncSession,
    *,
    caller: Principal,
    point: uuid.UUID,
    days: list[wire.OpeningDay],
    if_match: int | None = None,
) -> int:
    """Write the hours of some dates; other dates stay as they are. It is a change of the point, whose new version is
    returned."""
    caller.require("hours:write")  # who may not is told so before what exists
    row = await session.get(ServicePoint, point, with_for_update=True)
    if row is None:
        raise NotFound
    caller.require("hours:write", await access.whose(session, row))
    unchanged(row.version, if_match)
    row.version += 1
    days = list({day.date: day for day in days}.values())  # of a date that stands twice, the last word counts
    for day in days:
        hours = day.model_dump(mode="json", by_alias=True)["hours"]
        await session.merge(OpeningDay(service_point_id=point, date=day.date, hours=hours, edited=True))
    await emit_hours(session, row, days)
    return row.version


async def emit_hours(session: AsyncSession, point: ServicePoint, days: Sequence[wire.OpeningDay]) -> None:
    """Emit the dates whose hours have changed. An event is for ever, so none goes out that cannot be read."""
    event = ServicePointHoursChanged(id=point.id, days=list(days))
    await emit(session, event, internal=point.publishing != "published")

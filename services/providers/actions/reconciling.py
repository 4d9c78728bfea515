"""Where the registry and its sources disagree, point by point, with the value that each of them has."""

import uuid
from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.import_run import flat_fields
from services.providers.domain.merging import Fields, disagreements
from services.providers.models import Offering, ServicePoint, SourceRecord
from shared.db import lies_within
from shared.roles import Within
from shared.schemas import providers as wire

OURS = "vuoro"
SUPPORT = "gives_support"


async def report(
    session: AsyncSession, reaches: Sequence[Within], *, after: uuid.UUID | None = None, limit: int = 100
) -> wire.Reconciliation:
    """Return the points within `reaches` that some source knows, in order of id, with their disagreements; a page of
    points may have none."""
    points = await _known_points(session, reaches, after, limit + 1)
    shown = points[:limit]
    records = await _records_of(session, shown)
    helping = set(
        await session.scalars(sa.select(Offering.organisation_id).where(Offering.status == "active").distinct())
    )
    items = []
    for point in shown:
        gives_support = bool(point.drop_in) or point.organisation_id in helping
        values = {OURS: flat_fields(point) | {SUPPORT: gives_support}, **records[point.id]}
        for name, by_source in disagreements(values).items():
            items.append(wire.Disagreement(service_point_id=point.id, name=point.name, field=name, says=by_source))
    return wire.Reconciliation(items=items, next=str(shown[-1].id) if len(points) > limit else None)


async def _records_of(session: AsyncSession, points: Sequence[ServicePoint]) -> dict[uuid.UUID, dict[str, Fields]]:
    """Return what each source says of points, by point and source."""
    found: dict[uuid.UUID, dict[str, Fields]] = defaultdict(dict)
    wanted = SourceRecord.service_point_id.in_([point.id for point in points])
    for record in await session.scalars(sa.select(SourceRecord).where(wanted).order_by(SourceRecord.source)):
        support = {} if record.gives_support is None else {SUPPORT: record.gives_support}
        found[record.service_point_id][record.source] = record.fields | support
    return found


async def _known_points(
    session: AsyncSession, reaches: Sequence[Within], after: uuid.UUID | None, limit: int
) -> Sequence[ServicePoint]:
    known = sa.select(SourceRecord.service_point_id).where(SourceRecord.service_point_id == ServicePoint.id).exists()
    inside = lies_within(
        reaches,
        region=ServicePoint.region,
        municipality=ServicePoint.municipality,
        organisation=ServicePoint.organisation_id,
    )
    wanted = sa.select(ServicePoint).where(known, inside).order_by(ServicePoint.id).limit(limit)
    if after is not None:
        wanted = wanted.where(ServicePoint.id > after)
    return (await session.scalars(wanted)).all()

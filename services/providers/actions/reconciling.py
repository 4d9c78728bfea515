"""Where the registry and its sources disagree, point by point: what each of them says."""

import uuid
from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import domain
from services.providers.actions.importing import flat
from services.providers.models import Offering, ServicePoint, SourceRecord
from shared.db import lies_within
from shared.roles import Within
from shared.schemas import providers as wire

OURS = "vuoro"
SUPPORT = "gives_support"


async def report(
    session: AsyncSession, reaches: Sequence[Within], *, after: uuid.UUID | None = None, limit: int = 100
) -> wire.Reconciliation:
    """The points within `reaches` that some source knows, in order of id, with their disagreements; a page of points
    may have none."""
    points = await _points(session, reaches, after, limit + 1)
    shown = points[:limit]
    records: dict[uuid.UUID, list[SourceRecord]] = defaultdict(list)
    wanted = SourceRecord.service_point_id.in_([point.id for point in shown])
    for record in await session.scalars(sa.select(SourceRecord).where(wanted).order_by(SourceRecord.source)):
        records[record.service_point_id].append(record)
    helping = set(
        await session.scalars(sa.select(Offering.organisation_id).where(Offering.status == "active").distinct())
    )
    items = []
    for point in shown:
        says = {OURS: flat(point) | {SUPPORT: bool(point.drop_in) or point.organisation_id in helping}}
        for record in records[point.id]:
            told = {} if record.gives_support is None else {SUPPORT: record.gives_support}
            says[record.source] = record.says | told
        for name, values in domain.disagreements(says).items():
            items.append(wire.Disagreement(service_point_id=point.id, name=point.name, field=name, says=values))
    return wire.Reconciliation(items=items, next=str(shown[-1].id) if len(points) > limit else None)


async def _points(
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

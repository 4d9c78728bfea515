"""Queries of service points: what is shown of them, and what is known."""

import datetime as dt
import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.domain.completeness import KnownOfPoint
from services.providers.models import Offering, OpeningDay, ServicePoint, SourceRecord


async def published_points(session: AsyncSession, region: str | None) -> Sequence[ServicePoint]:
    """Return every service point that is shown, in order of id."""
    wanted = sa.select(ServicePoint).where(ServicePoint.status == "active", ServicePoint.publishing == "published")
    if region is not None:
        wanted = wanted.where(ServicePoint.region == region)
    return (await session.scalars(wanted.order_by(ServicePoint.id))).all()


async def opening_days(session: AsyncSession, point: uuid.UUID, start: dt.date, days: int) -> Sequence[OpeningDay]:
    """Return what is known of a point's hours on `days` dates from `start`."""
    wanted = (
        sa.select(OpeningDay)
        .where(
            OpeningDay.service_point_id == point,
            OpeningDay.date >= start,
            OpeningDay.date < start + dt.timedelta(days=days),
        )
        .order_by(OpeningDay.date)
    )
    return (await session.scalars(wanted)).all()


async def source_records(session: AsyncSession, point: uuid.UUID) -> Sequence[SourceRecord]:
    """Return what each source said last of a service point."""
    wanted = sa.select(SourceRecord).where(SourceRecord.service_point_id == point)
    return (await session.scalars(wanted.order_by(SourceRecord.source, SourceRecord.source_id))).all()


async def help_at(session: AsyncSession, point: ServicePoint) -> Sequence[Offering]:
    """Return the help that is given at a service point, in order of id."""
    wanted = sa.select(Offering).where(
        Offering.organisation_id == point.organisation_id,
        Offering.status == "active",
        sa.literal("on_site") == sa.any_(Offering.channels),
    )
    return (await session.scalars(wanted.order_by(Offering.id))).all()


async def known_of(session: AsyncSession, point: ServicePoint) -> KnownOfPoint:
    """Return what is known of a service point, as a citizen would ask for it."""
    offers = sa.select(Offering.id).where(
        Offering.organisation_id == point.organisation_id, Offering.status == "active"
    )
    dated = sa.select(OpeningDay.date).where(OpeningDay.service_point_id == point.id)
    return KnownOfPoint(
        help=bool(point.drop_in) or await session.scalar(offers.limit(1)) is not None,
        hours=bool(point.weekly_hours) or await session.scalar(dated.limit(1)) is not None,
        contact=bool(point.phone or point.email),
        coordinates=point.lat is not None and point.lon is not None,
        description=bool(point.description),
        features=bool(point.features),
        languages=frozenset(point.languages),
        not_done=bool(point.not_done),
        url=bool(point.url),
        named_in=frozenset(language for language, name in point.name.items() if name),
    )

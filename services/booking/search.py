"""Finding free times: the earliest, and the nearest to one that was taken."""

import base64
import binascii
import datetime as dt
import json
import uuid
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.booking import store
from services.booking.domain.appointments import CHANNELS, NOWHERE, SlotKey
from services.booking.models import ServicePoint, Tutor
from shared.problems import field_problem
from shared.schemas import booking as wire

NEAR = dt.timedelta(days=1)
ALTERNATIVES = 5


async def slots(
    session: AsyncSession,
    query: store.SlotQuery,
    *,
    now: dt.datetime,
    zone: str,
    limit: int,
    after: str | None,
    expand: bool,
) -> wire.Slots:
    """A page of free times, earliest first; with names when `expand`."""
    rows = await store.earliest(session, query, now=now, limit=limit + 1, after=_tie(after) if after else None)
    items: list[wire.Slot] = [_slot(row, zone) for row in rows[:limit]]
    following = _cursor(rows[limit - 1]) if len(rows) > limit else None
    if expand:
        return wire.Slots(items=await _named(session, items), next=following)
    return wire.Slots(items=items, next=following)


def _slot(row: sa.Row[Any], zone: str) -> wire.Slot:
    start = row.start.astimezone(ZoneInfo(zone))
    key = SlotKey(row.tutor_id, row.offering_id, row.service_point_id, row.channel, row.start)
    end = (row.start + dt.timedelta(minutes=row.duration_minutes)).astimezone(ZoneInfo(zone))
    return wire.Slot(
        id=key.encode(),
        start=start,
        end=end,
        offering_id=row.offering_id,
        tutor_id=row.tutor_id,
        service_point_id=row.service_point_id,
        channel=row.channel,
    )


def _cursor(row: sa.Row[Any]) -> str:
    place = row.service_point_id or NOWHERE
    tie = [row.start.isoformat(), str(row.tutor_id), str(row.offering_id), str(place), row.channel]
    return base64.urlsafe_b64encode(json.dumps(tie).encode()).decode().rstrip("=")


def _tie(cursor: str) -> store.SlotTie:
    try:
        start, tutor, offering, place, channel = json.loads(
            base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        )
        instant = dt.datetime.fromisoformat(start)
        if instant.tzinfo is None or not 2000 <= instant.year <= 2200 or channel not in CHANNELS:
            raise ValueError
        return instant, uuid.UUID(tutor), uuid.UUID(offering), uuid.UUID(place), channel
    except (binascii.Error, ValueError, TypeError, AttributeError):
        raise field_problem("/after", "cursor") from None


async def _named(session: AsyncSession, items: list[wire.Slot]) -> list[wire.ExpandedSlot]:
    places = await places_of(session, {slot.service_point_id for slot in items})
    wanted = sa.select(Tutor.id, Tutor.display_name).where(Tutor.id.in_({slot.tutor_id for slot in items}))
    names = {row.id: row.display_name for row in await session.execute(wanted)}
    return [
        wire.ExpandedSlot(
            **slot.model_dump(),
            place=places.get(slot.service_point_id) if slot.service_point_id else None,
            tutor_name=names.get(slot.tutor_id, ""),
        )
        for slot in items
    ]


async def places_of(session: AsyncSession, points: set[uuid.UUID | None]) -> dict[uuid.UUID, wire.PlaceName]:
    """Service points in words."""
    wanted = sa.select(ServicePoint).where(ServicePoint.id.in_({point for point in points if point}))
    return {point.id: wire.PlaceName.model_validate(point) for point in await session.scalars(wanted)}


async def alternatives(
    session: AsyncSession, slot: SlotKey, topic: str, *, now: dt.datetime, zone: str
) -> list[wire.Slot]:
    """Free times nearest to one that was refused: in its municipality or by its channel, else in the region."""
    tutor = await session.get(Tutor, slot.tutor_id)
    point = await session.get(ServicePoint, slot.service_point_id) if slot.service_point_id else None
    region = tutor.region if tutor else None
    start = max(now, slot.start - NEAR)
    found: list[sa.Row[Any]] = []
    if point is not None:
        query = store.SlotQuery(topic=topic, municipality=point.municipality, start=start)
        found = await store.earliest(session, query, now=now, limit=20)
    elif tutor is not None:
        query = store.SlotQuery(topic=topic, region=region, channel=slot.channel, start=start)
        found = await store.earliest(session, query, now=now, limit=20)
    if not found and region is not None:
        query = store.SlotQuery(topic=topic, region=region, start=now)
        found = await store.earliest(session, query, now=now, limit=ALTERNATIVES)
    nearest = sorted(found, key=lambda row: (abs(row.start - slot.start), row.start))[:ALTERNATIVES]
    return [_slot(row, zone) for row in sorted(nearest, key=lambda row: row.start)]

"""The named queries of `booking`. Those that matter for speed are written as SQL."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from services.booking.domain.appointments import NOWHERE, SlotKey
from services.booking.models import (
    Absence,
    Appointment,
    Availability,
    Citizen,
    FreeSpan,
    Offering,
    ServicePoint,
    StaffedDay,
    Tutor,
)
from shared.intervals import Interval
from shared.schemas.common import REMOTE

LOCK_TUTOR = sa.text("SELECT pg_advisory_xact_lock(hashtextextended('vuoro.tutor:' || :tutor, 0))")


async def lock_tutors(session: AsyncSession, *tutors: uuid.UUID) -> None:
    """Change the time of these tutors one transaction at a time; in order of id, so that nobody waits in a circle."""
    for tutor in sorted(set(tutors)):
        await session.execute(LOCK_TUTOR, {"tutor": str(tutor)})


@dataclass(frozen=True)
class SlotQuery:
    """What somebody looks for. With a municipality: its places, or for a remote channel help from its region."""

    topic: str | None = None
    municipality: str | None = None
    region: str | None = None
    service_point: uuid.UUID | None = None
    tutor: uuid.UUID | None = None
    channel: str | None = None
    language: str | None = None
    start: dt.datetime | None = None
    end: dt.datetime | None = None


SlotTie = tuple[dt.datetime, uuid.UUID, uuid.UUID, uuid.UUID, str]

# Earliest first, without reading more than is shown. Two kinds of spans can give the next slots: those that have begun
# by the time asked for and still run (few: a span lies within one day), and the first of those that begin later.
# A start within the notice of its offering is passed over; spans that begin within the longest notice anywhere belong
# to the first kind, so that the second is in order by its index.
EARLIEST = """
WITH edge AS (
    SELECT greatest(CAST(:start AS timestamptz), :now + make_interval(mins => coalesce(max(notice_minutes), 0))) AS at
    FROM offering WHERE active
), candidate AS (
    (SELECT * FROM free_span
     WHERE {filters} AND first_start <= (SELECT at FROM edge) AND first_start > :start - interval '26 hours'
       AND last_start >= greatest(:start, :now + make_interval(mins => notice_minutes)))
    UNION ALL
    (SELECT * FROM free_span
     WHERE {filters} AND first_start > (SELECT at FROM edge) AND first_start < :end
     ORDER BY first_start, tutor_id, offering_id, coalesce(service_point_id, :nowhere), channel
     LIMIT :limit)
)
SELECT start, tutor_id, offering_id, service_point_id, channel, region, duration_minutes
FROM candidate,
     generate_series(first_start, last_start, make_interval(mins => step_minutes)) AS start
WHERE start >= :start AND start < :end AND start >= :now + make_interval(mins => notice_minutes) {after}
ORDER BY start, tutor_id, offering_id, coalesce(service_point_id, :nowhere), channel
LIMIT :limit
"""
AFTER = (
    "AND (start, tutor_id, offering_id, coalesce(service_point_id, :nowhere), channel) "
    "> (:start, :after_tutor, :after_offering, :after_place, :after_channel)"
)

IN_REGION_OF = "municipality IS NULL AND region = (SELECT region FROM municipality WHERE code = :municipality)"
FILTERS = {
    "topic": "topic = :topic",
    "region": "region = :region",
    "municipality": "municipality = :municipality",
    "service_point": "service_point_id = :service_point",
    "tutor": "tutor_id = :tutor",
    "channel": "channel = :channel",
    "language": ":language = ANY (languages)",
}


def _filters(query: SlotQuery) -> tuple[list[str], dict[str, Any]]:
    """The clauses of what is asked for, and their values."""
    values = {name: getattr(query, name) for name in FILTERS if getattr(query, name) is not None}
    clauses = [FILTERS[name] for name in values]
    if query.channel in REMOTE and query.municipality is not None:
        clauses[clauses.index(FILTERS["municipality"])] = IN_REGION_OF
    if query.topic is None:
        clauses.append("lead")
    return clauses, values


async def earliest(
    session: AsyncSession, query: SlotQuery, *, now: dt.datetime, limit: int, after: SlotTie | None = None
) -> list[sa.Row[Any]]:
    """Up to `limit` free starts in order of time, then tutor, offering, place and channel; those after `after`."""
    clauses, values = _filters(query)
    start = max(query.start or now, now)
    values |= {
        "now": now,
        "end": query.end or now + dt.timedelta(days=400),
        "limit": limit,
        "nowhere": NOWHERE,
    }
    if after is not None:
        (
            start,
            values["after_tutor"],
            values["after_offering"],
            values["after_place"],
            values["after_channel"],
        ) = after
    statement = EARLIEST.format(
        filters=" AND ".join(clauses),
        after=AFTER if after else "",
    )
    return list(await session.execute(sa.text(statement), values | {"start": start}))


FREE_AT = sa.text(
    """
    SELECT region FROM free_span
    WHERE tutor_id = :tutor AND offering_id = :offering AND channel = :channel AND topic = :topic
      AND service_point_id IS NOT DISTINCT FROM :place
      AND first_start <= :start AND first_start > :start - interval '26 hours' AND last_start >= :start
      AND mod(CAST(extract(epoch FROM :start - first_start) AS integer), step_minutes * 60) = 0
      AND :start >= :now + make_interval(mins => notice_minutes)
    """
).bindparams(sa.bindparam("place", type_=sa.Uuid), sa.bindparam("start", type_=sa.TIMESTAMP(timezone=True)))


async def region_if_free(session: AsyncSession, slot: SlotKey, topic: str, now: dt.datetime) -> str | None:
    """The region of a slot that can be booked now for `topic`; None when it cannot."""
    region: str | None = await session.scalar(
        FREE_AT,
        {
            "tutor": slot.tutor_id,
            "offering": slot.offering_id,
            "channel": slot.channel,
            "topic": topic,
            "place": slot.service_point_id,
            "start": slot.start,
            "now": now,
        },
    )
    return region


async def collides(session: AsyncSession, tutor: uuid.UUID, busy: Range[dt.datetime]) -> bool:
    """Whether a live appointment of the tutor stands in that time."""
    wanted = sa.select(Appointment.id).where(
        Appointment.tutor_id == tutor, Appointment.state != "cancelled", Appointment.busy.op("&&")(busy)
    )
    return (await session.scalar(wanted.limit(1))) is not None


@dataclass(frozen=True)
class TutorWeek:
    """The rows that decide when a tutor can be booked between two instants."""

    tutor: Tutor
    offerings: Sequence[Offering]
    availability: Sequence[Availability]
    absences: Sequence[Absence]
    busy: Sequence[Range[dt.datetime]]
    points: dict[uuid.UUID, ServicePoint]
    staffed: Sequence[StaffedDay]


async def tutor_week(session: AsyncSession, tutor: Tutor, within: Interval) -> TutorWeek:
    """Load them."""
    around = dt.timedelta(days=2)
    start, end = within
    offerings = await session.scalars(
        sa.select(Offering).where(
            Offering.organisation_id == tutor.organisation_id,
            Offering.active,
            Offering.topics.op("&&")(tutor.topics),
        )
    )
    availability = (await session.scalars(sa.select(Availability).where(Availability.tutor_id == tutor.id))).all()
    absences = await session.scalars(
        sa.select(Absence).where(
            Absence.tutor_id == tutor.id, Absence.ends > start - around, Absence.starts < end + around
        )
    )
    nearby = Range(start - around, end + around)
    busy = await session.scalars(
        sa.select(Appointment.busy).where(
            Appointment.tutor_id == tutor.id,
            Appointment.state != "cancelled",
            Appointment.busy.op("&&")(nearby),
        )
    )
    places = {row.service_point_id for row in availability if row.service_point_id}
    points = await session.scalars(sa.select(ServicePoint).where(ServicePoint.id.in_(places), ServicePoint.active))
    staffed = await session.scalars(
        sa.select(StaffedDay).where(
            StaffedDay.service_point_id.in_(places),
            StaffedDay.date.between((start - around).date(), (end + around).date()),
        )
    )
    return TutorWeek(
        tutor=tutor,
        offerings=offerings.all(),
        availability=availability,
        absences=absences.all(),
        busy=busy.all(),
        points={point.id: point for point in points},
        staffed=staffed.all(),
    )


async def replace_spans(
    session: AsyncSession, tutor: uuid.UUID, rows: list[dict[str, Any]], within: Interval | None = None
) -> None:
    """Make `rows` all of the tutor's free spans, or all that begin `within` an interval."""
    old = sa.delete(FreeSpan).where(FreeSpan.tutor_id == tutor)
    if within is not None:
        old = old.where(FreeSpan.first_start >= within.start, FreeSpan.first_start < within.end)
    await session.execute(old)
    if rows:
        await session.execute(sa.insert(FreeSpan), rows)


async def tutors_at(session: AsyncSession, service_point: uuid.UUID) -> Sequence[uuid.UUID]:
    """The tutors with hours at a service point."""
    wanted = sa.select(Availability.tutor_id).where(Availability.service_point_id == service_point).distinct()
    return (await session.scalars(wanted)).all()


async def tutors_of(session: AsyncSession, organisation: uuid.UUID) -> Sequence[uuid.UUID]:
    """The tutors of an organisation."""
    return (await session.scalars(sa.select(Tutor.id).where(Tutor.organisation_id == organisation))).all()


async def mark_stale(session: AsyncSession, tutors: Sequence[uuid.UUID]) -> None:
    """Note that these tutors' free spans are to be worked out anew."""
    if tutors:
        await session.execute(sa.update(Tutor).where(Tutor.id.in_(tutors)).values(refreshed_on=None))


async def stale_tutors(session: AsyncSession, today: dt.date, limit: int) -> Sequence[uuid.UUID]:
    """Some tutors whose free spans are stale, or do not reach the horizon of today yet."""
    behind = sa.and_(Tutor.active, Tutor.refreshed_on < today)
    wanted = sa.select(Tutor.id).where(sa.or_(Tutor.refreshed_on.is_(None), behind))
    return (await session.scalars(wanted.order_by(Tutor.refreshed_on.nulls_first(), Tutor.id).limit(limit))).all()


async def longest_horizon(session: AsyncSession, organisation: uuid.UUID) -> int:
    """The most days ahead that any offering of an organisation can be booked."""
    wanted = sa.select(sa.func.max(Offering.horizon_days))
    return await session.scalar(wanted.where(Offering.active, Offering.organisation_id == organisation)) or 0


async def by_token(session: AsyncSession, token_hash: bytes) -> uuid.UUID | None:
    """The appointment that a citizen's key opens."""
    return await session.scalar(sa.select(Citizen.appointment_id).where(Citizen.token_hash == token_hash))


async def appointments_between(
    session: AsyncSession, start: dt.datetime, end: dt.datetime, visible: sa.ColumnElement[bool]
) -> Sequence[uuid.UUID]:
    """Appointments that begin in `[start, end)` and are `visible`, in order of time, without cancelled ones."""
    wanted = sa.select(Appointment.id).where(
        Appointment.starts >= start, Appointment.starts < end, Appointment.state != "cancelled", visible
    )
    return (await session.scalars(wanted.order_by(Appointment.starts, Appointment.id).limit(500))).all()


async def standing_in(session: AsyncSession, absence: Absence) -> Sequence[uuid.UUID]:
    """The tutor's booked appointments that overlap an absence."""
    wanted = sa.select(Appointment.id).where(
        Appointment.tutor_id == absence.tutor_id,
        Appointment.state == "booked",
        Appointment.starts < absence.ends,
        Appointment.ends > absence.starts,
    )
    return (await session.scalars(wanted.order_by(Appointment.starts))).all()

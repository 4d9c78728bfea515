"""What decides when tutors can be booked, loaded for several of them in one round trip."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from psycopg.rows import class_row
from psycopg.types.range import Range

from services.booking.domain.time import WallHours, staffed_bound
from shared.db import Connection
from shared.intervals import Interval

AROUND = dt.timedelta(days=2)


@dataclass(frozen=True)
class TutorRow:
    id: uuid.UUID
    region: str
    organisation_id: uuid.UUID
    languages: list[str]
    topics: list[str]
    channels: list[str]
    home_municipalities: list[str]
    active: bool
    zone: str
    holidays: str | None


@dataclass(frozen=True)
class OfferingRow:
    id: uuid.UUID
    organisation_id: uuid.UUID
    topics: list[str]
    channels: list[str]
    durations: list[int]
    buffer_before_minutes: int
    buffer_after_minutes: int
    grid_minutes: int
    notice_minutes: int
    horizon_days: int
    most_per_day: int | None
    most_per_week: int | None
    breaks: list[dict[str, str]]
    capacity: int
    helpers: int
    needs: list[str]


@dataclass(frozen=True)
class HoursRow:
    tutor_id: uuid.UUID
    service_point_id: uuid.UUID | None
    channels: list[str]
    offerings: list[uuid.UUID] | None
    opens: dt.time
    closes: dt.time
    zone: str
    starts_on: dt.date
    recurrence: str


@dataclass(frozen=True)
class ExtraRow:
    tutor_id: uuid.UUID
    service_point_id: uuid.UUID | None
    channels: list[str]
    offerings: list[uuid.UUID] | None
    starts: dt.datetime
    ends: dt.datetime


@dataclass(frozen=True)
class AwayRow:
    """Time that is not open: an absence or something elsewhere of a tutor, a closing of a service point."""

    whose: uuid.UUID
    elsewhere: bool
    starts: dt.datetime
    ends: dt.datetime


@dataclass(frozen=True)
class ClaimRow:
    resource_id: uuid.UUID
    session_id: uuid.UUID
    busy: Range[dt.datetime]
    expires: dt.datetime | None
    kind: str
    starts: dt.datetime
    offering_id: uuid.UUID
    duration: int
    channel: str
    service_point_id: uuid.UUID | None
    municipality: str | None
    seats: list[dt.datetime | None]


@dataclass(frozen=True)
class PointRow:
    id: uuid.UUID
    municipality: str
    lat: float | None
    lon: float | None
    features: list[str]
    active: bool


@dataclass(frozen=True)
class StaffedRow:
    service_point_id: uuid.UUID
    date: dt.date
    hours: list[list[str]]


@dataclass(frozen=True)
class CentreRow:
    code: str
    lat: float | None
    lon: float | None


@dataclass(frozen=True)
class Rules:
    """The rows, of all the tutors asked for."""

    tutors: list[TutorRow]
    offerings: list[OfferingRow]
    hours: list[HoursRow]
    extra: list[ExtraRow]
    away: list[AwayRow]
    claims: list[ClaimRow]
    points: list[PointRow]
    staffed: list[StaffedRow]
    centres: list[CentreRow]


TUTORS = """
    SELECT t.id, t.region, t.organisation_id, t.languages, t.topics, t.channels, t.home_municipalities, t.active,
           coalesce(own.zone, %(zone)s) AS zone,
           CASE WHEN own.tutor_id IS NULL THEN 'FI' ELSE own.holidays END AS holidays
    FROM tutor t LEFT JOIN tutor_time own ON own.tutor_id = t.id WHERE t.id = ANY (%(tutors)s::uuid[])
"""
OFFERINGS = """
    SELECT id, organisation_id, topics, channels, duration_minutes || other_durations_minutes AS durations,
           buffer_before_minutes, buffer_after_minutes, grid_minutes, notice_minutes, horizon_days,
           most_per_day, most_per_week, breaks, capacity, helpers, needs
    FROM offering
    WHERE active AND organisation_id IN (SELECT organisation_id FROM tutor WHERE id = ANY (%(tutors)s::uuid[]))
"""
HOURS = """
    SELECT tutor_id, service_point_id, channels, offerings, opens, closes, zone, starts_on, recurrence
    FROM availability WHERE tutor_id = ANY (%(tutors)s::uuid[])
"""
EXTRA = """
    SELECT tutor_id, service_point_id, channels, offerings, starts, ends FROM extra_time
    WHERE tutor_id = ANY (%(tutors)s::uuid[]) AND ends > %(start)s AND starts < %(end)s
"""
PLACES = """
    SELECT service_point_id FROM availability WHERE tutor_id = ANY (%(tutors)s::uuid[])
    UNION SELECT service_point_id FROM extra_time WHERE tutor_id = ANY (%(tutors)s::uuid[])
"""
# Midnight before the first date on which a tutor helps, and after the last.
BEGINS = "(active_from::timestamp AT TIME ZONE %(zone)s)"
ENDS = "((active_until + 1)::timestamp AT TIME ZONE %(zone)s)"
AWAY = f"""
    SELECT tutor_id AS whose, false AS elsewhere, starts, ends FROM absence
    WHERE tutor_id = ANY (%(tutors)s::uuid[]) AND ends > %(start)s AND starts < %(end)s
    UNION ALL
    SELECT tutor_id, true, starts, ends FROM busy_elsewhere
    WHERE tutor_id = ANY (%(tutors)s::uuid[]) AND ends > %(start)s AND starts < %(end)s
    UNION ALL
    SELECT service_point_id, false, starts, ends FROM closing
    WHERE service_point_id IN ({PLACES}) AND ends > %(start)s AND starts < %(end)s
    UNION ALL
    SELECT id, false, %(start)s, {BEGINS} FROM tutor
    WHERE id = ANY (%(tutors)s::uuid[]) AND {BEGINS} > %(start)s
    UNION ALL
    SELECT id, false, {ENDS}, %(end)s FROM tutor
    WHERE id = ANY (%(tutors)s::uuid[]) AND {ENDS} < %(end)s
"""
CLAIMS = """
    SELECT c.resource_id, c.session_id, c.busy, c.expires, c.kind, min(a.starts) AS starts, a.offering_id,
           (extract(epoch FROM min(a.ends) - min(a.starts)) / 60)::integer AS duration,
           a.channel, a.service_point_id, a.municipality, array_agg(a.expires) AS seats
    FROM claim c JOIN appointment a ON a.live_session = c.session_id
    WHERE c.resource_id = ANY (%(resources)s::uuid[]) AND c.busy && tstzrange(%(start)s, %(end)s)
      AND (c.expires IS NULL OR c.expires > %(now)s)
    GROUP BY c.session_id, c.resource_id, a.offering_id, a.channel, a.service_point_id, a.municipality
"""
POINTS = f"""
    SELECT id, municipality, lat, lon, features, active FROM service_point
    WHERE id IN ({PLACES})
"""
# Where the ordinary week is known, it holds on every date of which nothing else is said.
WEEKS = """
    SELECT p.id AS service_point_id, day::date AS date, coalesce(
        (SELECT jsonb_agg(jsonb_build_array(week->>'from', week->>'to')) FROM jsonb_array_elements(p.weekly_hours) week
         WHERE week->>'kind' = 'staffed' AND (week->>'weekday')::int = extract(isodow FROM day)), '[]') AS hours
    FROM service_point p, generate_series(%(start)s::date - 1, %(end)s::date, interval '1 day') AS day
    WHERE p.weekly_hours <> '[]' AND {points}
      AND NOT EXISTS (SELECT FROM staffed_day d WHERE d.service_point_id = p.id AND d.date = day::date)
"""
STAFFED = f"""
    SELECT service_point_id, date, hours FROM staffed_day
    WHERE service_point_id IN ({PLACES}) AND date BETWEEN %(start)s::date AND %(end)s::date
    UNION ALL {WEEKS.format(points=f"p.id IN ({PLACES})")}
"""
CENTRES = """
    SELECT code, lat, lon FROM municipality
    WHERE code IN (SELECT unnest(home_municipalities) FROM tutor WHERE id = ANY (%(tutors)s::uuid[]))
"""

Row = TypeVar("Row")


async def load(
    connection: Connection,
    tutors: Sequence[uuid.UUID],
    within: Interval,
    *,
    equipment: Sequence[uuid.UUID],
    now: dt.datetime,
    zone: str,
) -> Rules:
    """All that bears on these tutors' time around an interval, and the claims on pieces of `equipment`."""
    values = {
        "tutors": list(tutors),
        "resources": [*tutors, *equipment],
        "start": within.start - AROUND,
        "end": within.end + AROUND,
        "now": now,
        "zone": zone,
    }

    async def ask(row: type[Row], query: str) -> Any:
        cursor = connection.cursor(row_factory=class_row(row))
        await cursor.execute(query, values)
        return cursor

    async with connection.pipeline():
        cursors = [
            await ask(row, query)
            for row, query in (
                (TutorRow, TUTORS),
                (OfferingRow, OFFERINGS),
                (HoursRow, HOURS),
                (ExtraRow, EXTRA),
                (AwayRow, AWAY),
                (ClaimRow, CLAIMS),
                (PointRow, POINTS),
                (StaffedRow, STAFFED),
                (CentreRow, CENTRES),
            )
        ]
        return Rules(*[await cursor.fetchall() for cursor in cursors])


EQUIPMENT_AT = f"""
    SELECT p.id, p.equipment FROM service_point p
    WHERE p.equipment <> '{{}}' AND p.id IN ({PLACES})
"""


async def equipment_at(connection: Connection, tutors: Sequence[uuid.UUID]) -> list[tuple[uuid.UUID, dict[str, int]]]:
    """The rooms and devices of the service points where these tutors help: how many of each kind."""
    cursor = await connection.execute(EQUIPMENT_AT, {"tutors": list(tutors)})
    return [(point, equipment) for point, equipment in await cursor.fetchall()]


MATES = f"""
    SELECT DISTINCT t.id FROM tutor t
    WHERE t.active AND NOT t.id = ANY (%(tutors)s::uuid[])
      AND EXISTS (SELECT FROM offering o WHERE o.organisation_id = t.organisation_id AND o.active
                  AND (o.helpers > 1 OR o.needs <> '{{}}'))
      AND t.id IN (
        SELECT tutor_id FROM availability WHERE service_point_id IN ({PLACES})
        UNION ALL SELECT tutor_id FROM extra_time WHERE service_point_id IN ({PLACES}))
"""


async def mates(connection: Connection, tutors: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Other tutors at the same service points whose free spans depend on what these do."""
    cursor = await connection.execute(MATES, {"tutors": list(tutors)})
    return [row[0] for row in await cursor.fetchall()]


@dataclass(frozen=True)
class DropInRow:
    """A service point with what decides its drop-in windows."""

    id: uuid.UUID
    region: str
    municipality: str
    features: list[str]
    drop_in: list[dict[str, Any]]
    active: bool
    closings: list[Interval]
    staffed: dict[dt.date, WallHours]

    def staffed_around(self, date: dt.date, zone: str) -> list[Interval]:
        """Its staffed hours about a date."""
        return staffed_bound(self.staffed, date, date, zone)


DROP_IN = (
    "SELECT id, region, municipality, features, drop_in, active FROM service_point WHERE id = %(point)s FOR UPDATE"
)
CLOSINGS = """
    SELECT starts, ends FROM closing
    WHERE service_point_id = %(point)s AND ends > %(start)s AND starts < %(end)s
"""
STAFFED_AT = f"""
    SELECT date, hours FROM staffed_day
    WHERE service_point_id = %(point)s AND date BETWEEN %(start)s::date - 1 AND %(end)s::date
    UNION ALL SELECT date, hours FROM ({WEEKS.format(points="p.id = %(point)s")}) AS week
"""


async def drop_in(connection: Connection, point: uuid.UUID, within: Interval) -> DropInRow | None:
    """The service point's own rules of drop-in, which nobody else changes until the end of the transaction."""
    values = {"point": point, "start": within.start, "end": within.end}
    row = await (await connection.execute(DROP_IN, values)).fetchone()
    if row is None:
        return None
    closings = await (await connection.execute(CLOSINGS, values)).fetchall()
    staffed = await (await connection.execute(STAFFED_AT, values)).fetchall()
    names = ("id", "region", "municipality", "features", "drop_in", "active")
    return DropInRow(
        **dict(zip(names, row, strict=True)),
        closings=[Interval(starts, ends) for starts, ends in closings],
        staffed={date: wall_hours(hours) for date, hours in staffed},
    )


def wall_hours(hours: list[list[str]]) -> WallHours:
    """A day's staffed hours, as they are kept."""
    return [(dt.time.fromisoformat(opens), dt.time.fromisoformat(closes)) for opens, closes in hours]

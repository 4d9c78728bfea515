"""What decides when tutors can be booked, loaded for several of them in one round trip; and who depends on whom."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import TypeVar

from psycopg import AsyncCursor
from psycopg.rows import class_row

from services.booking.domain.wall_time import DEFAULT_HOLIDAYS
from services.booking.domain.week import pieces_of
from services.booking.domain.week_rows import (
    AwayRow,
    CentreRow,
    ClaimRow,
    ExtraTimeRow,
    OfferingRow,
    PointRow,
    StaffedRow,
    TutorRow,
    WeeklyHoursRow,
    WeekRows,
)
from services.booking.store.consents import WITHDRAWN_FROM_TUTOR
from shared.db import Connection, JsonObject
from shared.intervals import Interval

# Loaded beyond the interval that is asked for: what reaches into it from outside, such as a visit with its drive.
AROUND = dt.timedelta(days=2)

TUTORS = f"""
    SELECT t.id, t.region, t.organisation_id, t.languages, t.topics, t.channels, t.home_municipalities, t.active,
           ARRAY({WITHDRAWN_FROM_TUTOR}) AS withdrawn, coalesce(own.zone, %(zone)s) AS zone,
           CASE WHEN own.tutor_id IS NULL THEN %(default_holidays)s ELSE own.holidays END AS holidays
    FROM tutor t LEFT JOIN tutor_time own ON own.tutor_id = t.id WHERE t.id = ANY (%(tutors)s::uuid[])
"""
OFFERINGS = """
    SELECT id, organisation_id, topics, channels, duration_minutes || other_durations_minutes AS durations,
           buffer_before_minutes, buffer_after_minutes, grid_minutes, notice_minutes, horizon_days,
           most_per_day, most_per_week, breaks, capacity, helpers AS tutors, needs
    FROM offering
    WHERE active AND organisation_id IN (SELECT organisation_id FROM tutor WHERE id = ANY (%(tutors)s::uuid[]))
"""
HOURS = """
    SELECT tutor_id, service_point_id, channels, offerings, opens, closes, zone, starts_on, last_on, recurrence
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
# Midnight before the first date on which a tutor helps, and after the last, on their own wall.
ON_THEIR_WALL = "AT TIME ZONE coalesce((SELECT own.zone FROM tutor_time own WHERE own.tutor_id = tutor.id), %(zone)s)"
BEGINS = f"(active_from::timestamp {ON_THEIR_WALL})"
ENDS = f"((active_until + 1)::timestamp {ON_THEIR_WALL})"
AWAY = f"""
    SELECT tutor_id AS whose, false AS external, starts, ends FROM absence
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
    SELECT c.resource_id, c.session_id AS visit_id, lower(c.busy) AS busy_starts, upper(c.busy) AS busy_ends,
           c.expires, c.kind, min(a.starts) AS starts, a.offering_id,
           (extract(epoch FROM min(a.ends) - min(a.starts)) / 60)::integer AS duration,
           a.channel, a.service_point_id, a.municipality, array_agg(a.expires) AS seats
    FROM claim c JOIN appointment a ON a.live_session = c.session_id
    WHERE c.resource_id = ANY (%(resources)s::uuid[]) AND c.busy && tstzrange(%(start)s, %(end)s)
      AND (c.expires IS NULL OR c.expires > %(now)s)
    GROUP BY c.session_id, c.resource_id, a.offering_id, a.channel, a.service_point_id, a.municipality
"""
POINTS = f"""
    SELECT id, municipality, lat, lon, features, equipment, active FROM service_point
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


async def _ask(connection: Connection, row: type[Row], query: str, values: JsonObject) -> AsyncCursor[Row]:
    cursor = connection.cursor(row_factory=class_row(row))
    await cursor.execute(query, values)
    return cursor


async def load(
    connection: Connection, tutors: Sequence[uuid.UUID], within: Interval, *, now: dt.datetime, zone: str
) -> WeekRows:
    """Return all that bears on these tutors' time around an interval. `zone` is that of tutors who have set none."""
    values: JsonObject = {
        "tutors": list(tutors),
        "resources": list(tutors),
        "start": within.start - AROUND,
        "end": within.end + AROUND,
        "now": now,
        "zone": zone,
        "default_holidays": DEFAULT_HOLIDAYS,
    }
    async with connection.pipeline():  # one round trip for all, which are read once it has ended
        rows = await _ask(connection, TutorRow, TUTORS, values)
        offerings = await _ask(connection, OfferingRow, OFFERINGS, values)
        hours = await _ask(connection, WeeklyHoursRow, HOURS, values)
        extra = await _ask(connection, ExtraTimeRow, EXTRA, values)
        away = await _ask(connection, AwayRow, AWAY, values)
        claims = await _ask(connection, ClaimRow, CLAIMS, values)
        points = await _ask(connection, PointRow, POINTS, values)
        staffed = await _ask(connection, StaffedRow, STAFFED, values)
        centres = await _ask(connection, CentreRow, CENTRES, values)
    found = WeekRows(
        tutors=await rows.fetchall(),
        offerings=await offerings.fetchall(),
        hours=await hours.fetchall(),
        extra=await extra.fetchall(),
        away=await away.fetchall(),
        claims=await claims.fetchall(),
        points=await points.fetchall(),
        staffed=await staffed.fetchall(),
        centres=await centres.fetchall(),
    )
    # Few offerings need rooms or devices, whose ids follow from what the places have; then one more round trip.
    if pieces := _pieces(found):
        on_pieces = await _ask(connection, ClaimRow, CLAIMS, {**values, "resources": pieces})
        found.claims.extend(await on_pieces.fetchall())
    return found


def _pieces(rows: WeekRows) -> list[uuid.UUID]:
    """Return the rooms and devices of the places that some offering needs."""
    needed = {kind for offering in rows.offerings for kind in offering.needs}
    return [
        piece
        for point in rows.points
        for kind, count in point.equipment.items()
        if kind in needed
        for piece in pieces_of(point.id, kind, count)
    ]


COLLEAGUES = f"""
    SELECT DISTINCT t.id FROM tutor t
    WHERE t.active AND NOT t.id = ANY (%(tutors)s::uuid[])
      AND EXISTS (SELECT FROM offering o WHERE o.organisation_id = t.organisation_id AND o.active
                  AND (o.helpers > 1 OR o.needs <> '{{}}'))
      AND t.id IN (
        SELECT tutor_id FROM availability WHERE service_point_id IN ({PLACES})
        UNION ALL SELECT tutor_id FROM extra_time WHERE service_point_id IN ({PLACES}))
"""


async def colleagues(connection: Connection, tutors: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Return the other tutors at the same service points whose free spans depend on what these do."""
    cursor = await connection.execute(COLLEAGUES, {"tutors": list(tutors)})
    return [row[0] for row in await cursor.fetchall()]


HORIZON = """
    SELECT coalesce(max(o.horizon_days), 0)
    FROM tutor t JOIN offering o ON o.organisation_id = t.organisation_id AND o.active
    WHERE t.id = ANY (%(tutors)s::uuid[])
"""


async def longest_horizon(connection: Connection, tutors: Sequence[uuid.UUID]) -> int:
    """Return the most days ahead that any of these tutors can be booked."""
    row = await (await connection.execute(HORIZON, {"tutors": list(tutors)})).fetchone()
    return int(row[0]) if row else 0


WITH_TIME_AT = """
    SELECT tutor_id FROM availability WHERE service_point_id = %(point)s
    UNION SELECT tutor_id FROM extra_time WHERE service_point_id = %(point)s
"""


async def tutors_at(connection: Connection, point: uuid.UUID) -> list[uuid.UUID]:
    """Return the tutors with time at a service point."""
    cursor = await connection.execute(WITH_TIME_AT, {"point": point})
    return [row[0] for row in await cursor.fetchall()]

"""Free spans: replacing them, taking a claim out of them, and comparing them with what the rules say."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, LiteralString

from psycopg.types.json import Jsonb

from shared.db import Connection
from shared.intervals import Interval

COLUMNS: LiteralString = (
    "first_start, last_start, free_from, tutor_id, offering_id, service_point_id, step_minutes, duration_minutes, "
    "before_minutes, after_minutes, notice_minutes, seats_left, drop_in, plain, channel, region, municipality, "
    "languages, features"
)
SHAPE: LiteralString = (
    "first_start timestamptz, last_start timestamptz, free_from timestamptz, tutor_id uuid, offering_id uuid, "
    "service_point_id uuid, step_minutes smallint, duration_minutes smallint, before_minutes smallint, "
    "after_minutes smallint, notice_minutes integer, seats_left smallint, drop_in boolean, plain boolean, "
    "channel text, region text, municipality text, languages text[], features text[], topics text[]"
)
# What is the same in both stays as it is, so that a change of one day writes one day.
_KEY = ("tutor_id", "first_start", "topic", "offering_id", "channel", "duration_minutes")
_REST = (*(name for name in COLUMNS.split(", ") if name not in _KEY), "lead")
_SAME = " AND ".join(
    [f"old.{name} = new.{name}" for name in _KEY] + [f"old.{name} IS NOT DISTINCT FROM new.{name}" for name in _REST]
)
# One row for each topic, the first of them marked as the lead, for searches over every topic.
_NEW = f"""
    WITH new AS MATERIALIZED (
        SELECT {COLUMNS}, topic, nth = 1 AS lead
        FROM jsonb_to_recordset(%(rows)s) AS span ({SHAPE}), unnest(topics) WITH ORDINALITY AS each (topic, nth)
    ), known AS (
        INSERT INTO notice SELECT DISTINCT notice_minutes FROM new ON CONFLICT DO NOTHING
    ), kept AS MATERIALIZED (
        SELECT old.* FROM free_span old WHERE {{which}}
    ), gone AS (
        DELETE FROM free_span WHERE id IN (
            SELECT id FROM kept old WHERE NOT EXISTS (SELECT FROM new WHERE {_SAME}))
    )
    INSERT INTO free_span ({COLUMNS}, topic, lead)
    SELECT {COLUMNS}, topic, lead FROM new WHERE NOT EXISTS (SELECT FROM kept old WHERE {_SAME})
"""
REPLACE = _NEW.format(which="tutor_id = ANY (%(tutors)s::uuid[]) AND NOT drop_in")
REPLACE_WITHIN = _NEW.format(
    which="tutor_id = ANY (%(tutors)s::uuid[]) AND NOT drop_in AND first_start >= %(start)s AND first_start < %(end)s"
)
REPLACE_DROP_IN = _NEW.format(which="service_point_id = %(point)s AND drop_in")


async def replace(
    connection: Connection, tutors: Sequence[uuid.UUID], rows: list[dict[str, Any]], within: Interval | None = None
) -> None:
    """Make `rows` all of these tutors' free spans, or all that begin `within` an interval."""
    values = {"tutors": list(tutors), "rows": Jsonb(rows)}
    if within is None:
        await connection.execute(REPLACE, values)
    else:
        await connection.execute(REPLACE_WITHIN, {**values, "start": within.start, "end": within.end})


async def replace_drop_in(connection: Connection, point: uuid.UUID, rows: list[dict[str, Any]]) -> None:
    """Make `rows` all the drop-in windows of a service point."""
    await connection.execute(REPLACE_DROP_IN, {"point": point, "rows": Jsonb(rows)})


# A start `s` is in the way of a claim on `[low, high)` when s - before < high and s + duration + after > low. What lies
# before and after those starts is left as it was; those themselves stay only when the claim is a hold, and are free
# from its end on.
TAKE_OUT = f"""
    WITH touched AS (
        DELETE FROM free_span
        WHERE tutor_id = %(tutor)s AND NOT drop_in
          AND first_start < %(high)s + make_interval(mins => before_minutes)
          AND last_start > %(low)s - make_interval(mins => duration_minutes + after_minutes)
          AND first_start > %(low)s - interval '2 days' AND first_start < %(high)s + interval '5 hours'
        RETURNING *,
            make_interval(mins => step_minutes) AS step,
            %(low)s - make_interval(mins => duration_minutes + after_minutes) AS until,
            %(high)s + make_interval(mins => before_minutes) AS again
    ), piece AS (
        SELECT touched.*, least(last_start, date_bin(step, until, first_start)) AS ending, first_start AS beginning,
               free_from AS free FROM touched
        UNION ALL
        SELECT touched.*, last_start, date_bin(step, again + step - interval '1 minute', first_start), free_from
        FROM touched WHERE again <= last_start
        UNION ALL
        SELECT touched.*, least(last_start, date_bin(step, again - interval '1 minute', first_start)),
               greatest(first_start, date_bin(step, until, first_start) + step), greatest(free_from, %(expires)s)
        FROM touched WHERE %(expires)s::timestamptz IS NOT NULL
    )
    INSERT INTO free_span ({COLUMNS}, topic, lead)
    SELECT {COLUMNS.replace("first_start, last_start, free_from", "greatest(beginning, first_start), ending, free")},
           topic, lead
    FROM piece WHERE greatest(beginning, first_start) <= ending
"""


async def take_out(connection: Connection, tutor: uuid.UUID, busy: Interval, expires: dt.datetime | None) -> None:
    """Take a new claim of a tutor out of their free spans, when nothing else depends on it."""
    values = {"tutor": tutor, "low": busy.start, "high": busy.end, "expires": expires}
    await connection.execute(TAKE_OUT, values)


EACH_START = """
    SELECT tutor_id, offering_id, service_point_id, municipality, channel, topic, duration_minutes, lead, plain, start,
           CASE WHEN free_from > %(now)s THEN free_from END AS free_from, seats_left, notice_minutes, before_minutes,
           after_minutes, region, languages, features
    FROM free_span, generate_series(first_start, last_start, make_interval(mins => step_minutes)) AS start
    WHERE tutor_id = ANY (%(tutors)s::uuid[]) AND NOT drop_in
"""


async def starts(connection: Connection, tutors: Sequence[uuid.UUID], now: dt.datetime) -> set[tuple[Any, ...]]:
    """Every free start of these tutors with all that is told of it, however they are laid out in rows."""
    cursor = await connection.execute(EACH_START, {"tutors": list(tutors), "now": now})
    rows = await cursor.fetchall()
    return {tuple(tuple(value) if isinstance(value, list) else value for value in row) for row in rows}


STALE = """
    SELECT id FROM tutor WHERE refreshed_on IS NULL OR (active AND refreshed_on < %(today)s)
    ORDER BY refreshed_on NULLS FIRST, id LIMIT %(limit)s
"""
STALE_POINTS = """
    SELECT id FROM service_point WHERE refreshed_on IS NULL OR (drop_in <> '[]' AND refreshed_on < %(today)s)
    ORDER BY refreshed_on NULLS FIRST, id LIMIT %(limit)s
"""


async def stale_tutors(connection: Connection, today: dt.date, limit: int) -> list[uuid.UUID]:
    """Some tutors whose free spans are stale, or do not reach the horizon of today yet."""
    cursor = await connection.execute(STALE, {"today": today, "limit": limit})
    return [row[0] for row in await cursor.fetchall()]


async def stale_points(connection: Connection, today: dt.date, limit: int) -> list[uuid.UUID]:
    """Some service points whose drop-in windows are stale."""
    cursor = await connection.execute(STALE_POINTS, {"today": today, "limit": limit})
    return [row[0] for row in await cursor.fetchall()]


FRESH = "UPDATE tutor SET refreshed_on = %(today)s, pooled = %(pooled)s WHERE id = %(tutor)s"
HORIZON = """
    SELECT t.id, coalesce(max(o.horizon_days), 0)
    FROM tutor t LEFT JOIN offering o ON o.organisation_id = t.organisation_id AND o.active
    WHERE t.id = ANY (%(tutors)s::uuid[]) GROUP BY t.id
"""


async def mark_fresh(connection: Connection, tutor: uuid.UUID, today: dt.date, *, pooled: bool) -> None:
    """Note that a tutor's free spans are worked out as far as the horizon of today."""
    await connection.execute(FRESH, {"tutor": tutor, "today": today, "pooled": pooled})


async def longest_horizon(connection: Connection, tutors: Sequence[uuid.UUID]) -> int:
    """The most days ahead that any of these tutors can be booked."""
    cursor = await connection.execute(HORIZON, {"tutors": list(tutors)})
    return max((days for _tutor, days in await cursor.fetchall()), default=0)


POINT_FRESH = "UPDATE service_point SET refreshed_on = %(today)s WHERE id = %(point)s"


async def mark_point_fresh(connection: Connection, point: uuid.UUID, today: dt.date) -> None:
    """Note that a service point's drop-in windows are laid out from today on."""
    await connection.execute(POINT_FRESH, {"point": point, "today": today})


STALE_AGAIN = "UPDATE tutor SET refreshed_on = NULL WHERE id = ANY (%(tutors)s::uuid[])"
AT_POINT = """
    SELECT tutor_id FROM availability WHERE service_point_id = %(point)s
    UNION SELECT tutor_id FROM extra_time WHERE service_point_id = %(point)s
"""


async def mark_stale(connection: Connection, tutors: Sequence[uuid.UUID]) -> None:
    """Note that these tutors' free spans are to be worked out anew."""
    if tutors:
        await connection.execute(STALE_AGAIN, {"tutors": list(tutors)})


async def tutors_at(connection: Connection, point: uuid.UUID) -> list[uuid.UUID]:
    """The tutors with time at a service point."""
    cursor = await connection.execute(AT_POINT, {"point": point})
    return [row[0] for row in await cursor.fetchall()]

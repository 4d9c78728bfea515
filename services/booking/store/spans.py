"""Free spans: replacing them, taking a claim out of them, and reading their starts one by one."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import LiteralString

from psycopg.rows import args_row
from psycopg.types.json import Jsonb
from pydantic_core import to_json

from services.booking.domain.free_spans import FreeSpan, FreeStart
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
_REPLACE = f"""
    WITH new AS MATERIALIZED (
        SELECT {COLUMNS.replace("free_from", "coalesce(free_from, '-infinity') AS free_from")}, topic, nth = 1 AS lead
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
REPLACE = _REPLACE.format(which="tutor_id = ANY (%(tutors)s::uuid[]) AND NOT drop_in")
REPLACE_WITHIN = _REPLACE.format(
    which="tutor_id = ANY (%(tutors)s::uuid[]) AND NOT drop_in AND first_start >= %(start)s AND first_start < %(end)s"
)
REPLACE_DROP_IN = _REPLACE.format(which="service_point_id = %(point)s AND drop_in")


def _rows(spans: Iterable[FreeSpan]) -> Jsonb:
    return Jsonb([span._asdict() for span in spans], dumps=to_json)


async def replace(
    connection: Connection, tutors: Sequence[uuid.UUID], spans: Iterable[FreeSpan], within: Interval | None = None
) -> None:
    """Make `spans` all of these tutors' free spans, or all that begin `within` an interval."""
    values = {"tutors": list(tutors), "rows": _rows(spans)}
    if within is None:
        await connection.execute(REPLACE, values)
    else:
        await connection.execute(REPLACE_WITHIN, {**values, "start": within.start, "end": within.end})


async def replace_drop_in(connection: Connection, point: uuid.UUID, spans: Iterable[FreeSpan]) -> None:
    """Make `spans` all the drop-in windows of a service point."""
    await connection.execute(REPLACE_DROP_IN, {"point": point, "rows": _rows(spans)})


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


# What the registry does not have can be neither shown nor booked, and nobody works its spans out anew.
DROP_GONE = """
    DELETE FROM free_span s
    WHERE NOT drop_in AND NOT EXISTS (SELECT FROM tutor t WHERE t.id = s.tutor_id)
       OR NOT drop_in AND NOT EXISTS (SELECT FROM offering o WHERE o.id = s.offering_id)
       OR service_point_id IS NOT NULL AND NOT EXISTS (SELECT FROM service_point p WHERE p.id = s.service_point_id)
"""


async def drop_gone(connection: Connection) -> int:
    """Drop the free spans of tutors, offerings and service points that there is no copy of; return how many."""
    return (await connection.execute(DROP_GONE)).rowcount


EACH_START = """
    SELECT tutor_id, offering_id, service_point_id, municipality, channel, topic, duration_minutes, lead, plain, start,
           CASE WHEN free_from > %(now)s THEN free_from END AS free_from, seats_left, notice_minutes, before_minutes,
           after_minutes, region, languages, features
    FROM free_span, generate_series(first_start, last_start, make_interval(mins => step_minutes)) AS start
    WHERE tutor_id = ANY (%(tutors)s::uuid[]) AND NOT drop_in
"""


async def starts(connection: Connection, tutors: Sequence[uuid.UUID], now: dt.datetime) -> set[FreeStart]:
    """Return every free start of these tutors with all that is known of it, however they are laid out in rows."""
    cursor = connection.cursor(row_factory=args_row(FreeStart))
    await cursor.execute(EACH_START, {"tutors": list(tutors), "now": now})
    rows = await cursor.fetchall()
    return {row._replace(languages=tuple(row.languages), features=tuple(row.features)) for row in rows}

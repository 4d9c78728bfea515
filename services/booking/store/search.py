"""The search for free times, as SQL. Each area and filter that is asked for adds its clause; an index leads to it.

Earliest first, without reading more than is shown. A start within the notice of its offering is not offered, so for
each length of notice that there is (a handful, in the table `notice`) the search begins at an edge of its own. Two
kinds of spans give the next starts then: those that have begun by the edge and still run, few, since a span lies within
one day; and the first of those that begin later, in the order of an index.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.rows import namedtuple_row

from services.booking.domain.appointments import NOWHERE
from shared.db import Connection

FAR = dt.timedelta(days=400)


@dataclass(frozen=True)
class Query:
    """What somebody looks for. One of `municipalities`, `points`, `region` may say where; none means everywhere."""

    topic: str | None = None
    offering: uuid.UUID | None = None
    municipalities: tuple[str, ...] | None = None
    points: tuple[uuid.UUID, ...] | None = None
    region: str | None = None
    tutor: uuid.UUID | None = None
    channel: str | None = None
    language: str | None = None
    features: tuple[str, ...] = ()
    duration: int | None = None
    weekdays: tuple[int, ...] = ()
    from_time: dt.time | None = None
    to_time: dt.time | None = None
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    drop_in: bool | None = None
    zone: str = "Europe/Helsinki"


# Start, place, channel, offering, duration, municipality, tutor: the order of slots, to the last doubt.
Tie = tuple[dt.datetime, uuid.UUID, str, uuid.UUID, int, str, uuid.UUID]

ORDER = (
    "coalesce(service_point_id, %(nowhere)s), channel, offering_id, duration_minutes, coalesce(municipality, ''), "
    "tutor_id"
)
AFTER = (
    f"AND (start, {ORDER}) > (%(start)s, %(after_place)s, %(after_channel)s, %(after_offering)s, %(after_duration)s, "
    "%(after_municipality)s, %(after_tutor)s)"
)
# When a span's first start is asked for at or after a time of the day, it is the next on the grid.
OPENS = (
    "date_bin(make_interval(mins => step_minutes), {at} + make_interval(mins => step_minutes, secs => -0.000001), "
    "first_start)"
)
AT_THE_DOOR = OPENS.format(at="edge.at")
IN_HOURS = OPENS.format(
    at="greatest(edge.at, first_start, "
    "((first_start AT TIME ZONE %(zone)s)::date + %(from_time)s::time) AT TIME ZONE %(zone)s)"
)
ON_THE_WALL = "(start AT TIME ZONE %(zone)s)::time"
BEFORE_HOURS_END = f"AND {ON_THE_WALL} < %(to_time)s AND {ON_THE_WALL} >= %(from_time)s"

SOME_START = f"""
    SELECT FROM generate_series(first_start, last_start, make_interval(mins => step_minutes)) AS start
    WHERE start >= edge.at {BEFORE_HOURS_END}
"""

EARLIEST = """
WITH edge AS (
    SELECT minutes AS notice,
           greatest(%(start)s::timestamptz, %(now)s::timestamptz + make_interval(mins => minutes)) AS at FROM notice
), candidate AS (
    SELECT span.* FROM {keys} edge CROSS JOIN LATERAL (
        (SELECT *, {running} AS opens FROM free_span
         WHERE {filters} AND notice_minutes = edge.notice AND first_start <= edge.at
           AND first_start > edge.at - interval '26 hours' AND last_start >= edge.at AND first_start < %(end)s {within})
        UNION ALL
        (SELECT *, {coming} AS opens FROM free_span
         WHERE {filters} AND notice_minutes = edge.notice AND first_start > edge.at AND first_start < %(end)s
           {within}
         ORDER BY {sort}, {order} LIMIT %(limit)s)
    ) AS span
)
SELECT {distinct} start, tutor_id, offering_id, service_point_id, municipality, channel, region, duration_minutes,
       seats_left, drop_in
FROM candidate, generate_series(opens, last_start, make_interval(mins => step_minutes)) AS start
WHERE start < %(end)s {hours} {after}
ORDER BY {by}
LIMIT %(total)s
"""

FILTERS = {
    "topic": "topic = %(topic)s",
    "offering": "offering_id = %(offering)s",
    "region": "region = %(region)s",
    "tutor": "tutor_id = %(tutor)s",
    "channel": "channel = %(channel)s",
    "language": "%(language)s = ANY (languages)",
    "duration": "duration_minutes = %(duration)s",
    "drop_in": "drop_in = %(drop_in)s",
}
SETS = {
    "features": "features @> %(features)s::text[]",
    "weekdays": "extract(isodow FROM first_start AT TIME ZONE %(zone)s) = ANY (%(weekdays)s)",
}


def _where(query: Query) -> tuple[str, str, dict[str, Any]]:
    """What precedes the edges, the clauses, and their values."""
    values: dict[str, Any] = {name: getattr(query, name) for name in FILTERS if getattr(query, name) is not None}
    clauses = [FILTERS[name] for name in values]
    for name, clause in SETS.items():
        if chosen := getattr(query, name):
            values[name] = list(chosen)
            clauses.append(clause)
    if query.topic is None:
        clauses.append("lead")
    keys = ""
    if query.municipalities is not None:
        values["municipalities"] = list(query.municipalities)
        keys = "unnest(%(municipalities)s::text[]) AS key CROSS JOIN"
        clauses.append("municipality = key")
    elif query.points is not None:
        values["points"] = list(query.points)
        keys = "unnest(%(points)s::uuid[]) AS key CROSS JOIN"
        clauses.append("service_point_id = key")
    return keys, " AND ".join([*clauses, "free_from <= %(now)s"]), values


def statement(query: Query, *, after: Tie | None, each_place: bool) -> tuple[str, dict[str, Any]]:
    """The SQL of a search, and its values but for the time and the limits."""
    keys, filters, values = _where(query)
    timed = query.from_time is not None or query.to_time is not None
    if timed:
        values |= {"from_time": query.from_time or dt.time(0), "to_time": query.to_time or dt.time(23, 59, 59)}
    if after is not None:
        names = ("place", "channel", "offering", "duration", "municipality", "tutor")
        values |= {f"after_{name}": value for name, value in zip(names, after[1:], strict=True)}
    sql = EARLIEST.format(
        keys=keys,
        filters=filters,
        running=IN_HOURS if timed else AT_THE_DOOR,
        coming=IN_HOURS if timed else "first_start",
        sort="opens" if timed else "first_start",
        order=ORDER,
        hours=BEFORE_HOURS_END if timed else "",
        within=f"AND EXISTS ({SOME_START})" if timed else "",
        after=AFTER if after else "",
        distinct="DISTINCT ON (service_point_id)" if each_place else "",
        by=("service_point_id, " if each_place else "") + f"start, {ORDER}",
    )
    return sql, values | {"zone": query.zone, "nowhere": NOWHERE}


async def earliest(
    connection: Connection,
    query: Query,
    *,
    now: dt.datetime,
    limit: int,
    after: Tie | None = None,
    each_place: bool = False,
) -> list[Any]:
    """Up to `limit` free starts in their order, those after `after`; with `each_place`, the first of each service
    point, in no order."""
    sql, values = statement(query, after=after, each_place=each_place)
    values |= {
        "now": now,
        "start": after[0] if after else query.start,
        "end": query.end or now + FAR,
        "limit": 1 if each_place else limit,
        "total": limit,
    }
    cursor = connection.cursor(row_factory=namedtuple_row)
    await cursor.execute(sql, values)
    return await cursor.fetchall()


DAYS = """
WITH edge AS (
    SELECT minutes AS notice,
           greatest(%(start)s::timestamptz, %(now)s::timestamptz + make_interval(mins => minutes)) AS at FROM notice
)
SELECT DISTINCT (first_start AT TIME ZONE %(zone)s)::date AS date FROM {keys} edge CROSS JOIN LATERAL (
    SELECT first_start, last_start, step_minutes FROM free_span
    WHERE {filters} AND notice_minutes = edge.notice AND last_start >= edge.at AND first_start < %(end)s
      AND first_start > edge.at - interval '26 hours') AS span
{hours} ORDER BY date
"""


async def days(connection: Connection, query: Query, *, now: dt.datetime) -> list[dt.date]:
    """The local dates from `query.start` to `query.end` on which something is free."""
    keys, filters, values = _where(query)
    timed = query.from_time is not None or query.to_time is not None
    values |= {
        "now": now,
        "start": query.start,
        "end": query.end,
        "zone": query.zone,
        "from_time": query.from_time or dt.time(0),
        "to_time": query.to_time or dt.time(23, 59, 59),
    }
    statement = DAYS.format(keys=keys, filters=filters, hours=f"WHERE EXISTS ({SOME_START})" if timed else "")
    return [row[0] for row in await (await connection.execute(statement, values)).fetchall()]


@dataclass(frozen=True)
class Area:
    """A municipality as the search needs it."""

    code: str
    region: str
    sub_region: str
    neighbours: list[str]
    lat: float | None
    lon: float | None


AREA = "SELECT code, region, sub_region, neighbours, lat, lon FROM municipality WHERE code = %(code)s"
OF_SUB_REGION = "SELECT code FROM municipality WHERE sub_region = %(code)s ORDER BY code"
# A degree of latitude is 111.2 km; a degree of longitude shrinks with its cosine.
NEAR = """
    SELECT id, km FROM (
        SELECT id, 6371 * 2 * asin(sqrt(
            power(sin(radians(lat - %(lat)s) / 2), 2)
            + cos(radians(%(lat)s)) * cos(radians(lat)) * power(sin(radians(lon - %(lon)s) / 2), 2))) AS km
        FROM service_point
        WHERE active AND lat BETWEEN %(lat)s - %(km)s / 111.0 AND %(lat)s + %(km)s / 111.0
          AND abs(lon - %(lon)s) <= %(km)s / (111.0 * cos(radians(%(lat)s)))
    ) AS near WHERE km <= %(km)s ORDER BY km, id LIMIT 500
"""


async def area(connection: Connection, code: str) -> Area | None:
    """The municipality called that."""
    row = await (await connection.execute(AREA, {"code": code})).fetchone()
    return Area(*row) if row else None


async def of_sub_region(connection: Connection, code: str) -> list[str]:
    """The municipalities of a sub-region."""
    return [row[0] for row in await (await connection.execute(OF_SUB_REGION, {"code": code})).fetchall()]


POINTS_IN = """
    SELECT id FROM service_point
    WHERE active AND (%(municipalities)s::text[] IS NULL OR municipality = ANY (%(municipalities)s))
      AND (%(region)s::text IS NULL OR region = %(region)s)
"""


async def points_in(
    connection: Connection, municipalities: Sequence[str] | None, region: str | None
) -> list[uuid.UUID]:
    """The active service points of municipalities or of a region; without either, all."""
    values = {"municipalities": list(municipalities) if municipalities is not None else None, "region": region}
    return [row[0] for row in await (await connection.execute(POINTS_IN, values)).fetchall()]


async def near(connection: Connection, lat: float, lon: float, km: float) -> list[tuple[uuid.UUID, float]]:
    """The active service points within so many kilometres, the nearest first, with their distances."""
    return await (await connection.execute(NEAR, {"lat": lat, "lon": lon, "km": km})).fetchall()


NAMES = "SELECT id, display_name FROM tutor WHERE id = ANY (%(ids)s::uuid[])"
PLACES = "SELECT id, name, address FROM service_point WHERE id = ANY (%(ids)s::uuid[])"


async def names(connection: Connection, tutors: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What tutors are called."""
    return dict(await (await connection.execute(NAMES, {"ids": list(tutors)})).fetchall())


async def places(connection: Connection, points: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[dict[str, Any], str]]:
    """Service points' names and addresses."""
    cursor = await connection.execute(PLACES, {"ids": list(points)})
    return {point: (name, address) for point, name, address in await cursor.fetchall()}


DEMAND = """
    INSERT INTO demand (hour, topic, region, municipality, channel, language, searches)
    VALUES (date_trunc('hour', %(now)s::timestamptz), %(topic)s, %(region)s, %(municipality)s, %(channel)s,
            %(language)s, 1)
    ON CONFLICT (hour, topic, region, municipality, channel, language)
    DO UPDATE SET searches = demand.searches + 1
"""


async def sought_in_vain(connection: Connection, now: dt.datetime, **what: str) -> None:
    """Count a search that found nothing."""
    await connection.execute(DEMAND, {"now": now, **what})


SLOT_SCOPE = """
    SELECT coalesce(p.region, t.region), p.municipality FROM (SELECT 1) AS one
    LEFT JOIN tutor t ON t.id = coalesce(%(tutor)s, (SELECT id FROM tutor WHERE organisation_id =
        (SELECT organisation_id FROM offering WHERE id = %(offering)s) ORDER BY id LIMIT 1))
    LEFT JOIN service_point p ON p.id = %(point)s
"""


async def scope_of(
    connection: Connection, tutor: uuid.UUID | None, offering: uuid.UUID, point: uuid.UUID | None
) -> tuple[str | None, str | None]:
    """The region and the municipality that a slot is in."""
    values = {"tutor": tutor, "offering": offering, "point": point}
    row = await (await connection.execute(SLOT_SCOPE, values)).fetchone()
    return row if row else (None, None)

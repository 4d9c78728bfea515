"""The search for free times, as SQL. Each area and filter that is asked for adds its clause; an index leads to it.

Earliest first, without reading more than is shown. A start within the notice of its offering is not offered, so for
each length of notice that there is (a handful, in the table `notice`) the search begins at an edge of its own. Two
kinds of spans give the next starts then: those that have begun by the edge and still run, few, since a span lies within
one day; and the first of those that begin later, in the order of an index.
"""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import NamedTuple

from psycopg.rows import args_row

from services.booking.domain.slots import NOWHERE
from services.booking.store.free_starts import LONGEST_SPAN, running_at
from shared.db import Connection, JsonObject
from shared.schemas.common import Channel

FAR = dt.timedelta(days=400)


@dataclass(frozen=True)
class Query:
    """What somebody looks for. One of `municipalities`, `points`, `region` may say where; none means everywhere. Times
    of the day and weekdays are those of `zone`."""

    zone: str = field(kw_only=True)
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

    @property
    def is_timed(self) -> bool:
        """Whether only starts at certain times of the day are looked for."""
        return self.from_time is not None or self.to_time is not None

    @property
    def hours(self) -> JsonObject:
        """From and to which time of the day, as values of the SQL; none, when any time will do."""
        if not self.is_timed:
            return {}
        return {"from_time": self.from_time or dt.time(0), "to_time": self.to_time or dt.time(23, 59, 59)}


class SlotRow(NamedTuple):
    """A start that can be booked, or a drop-in window."""

    start: dt.datetime
    tutor_id: uuid.UUID
    offering_id: uuid.UUID
    service_point_id: uuid.UUID | None
    municipality: str | None
    channel: Channel
    region: str
    duration_minutes: int
    seats_left: int | None
    drop_in: bool

    @property
    def tie(self) -> "Tie":
        """Where the row stands in the order of slots."""
        return (
            self.start,
            self.service_point_id or NOWHERE,
            self.channel,
            self.offering_id,
            self.duration_minutes,
            self.municipality or "",
            self.tutor_id,
        )


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

# What differs when certain times of the day are asked for.
AT_ANY_TIME = {"running": AT_THE_DOOR, "coming": "first_start", "sort": "first_start", "hours": "", "within": ""}
IN_CERTAIN_HOURS = {
    "running": IN_HOURS,
    "coming": IN_HOURS,
    "sort": "opens",
    "hours": BEFORE_HOURS_END,
    "within": f"AND EXISTS ({SOME_START})",
}

EARLIEST = """
WITH edge AS (
    SELECT minutes AS notice,
           greatest(%(start)s::timestamptz, %(now)s::timestamptz + make_interval(mins => minutes)) AS at FROM notice
), candidate AS (
    SELECT span.* FROM {keys} edge CROSS JOIN LATERAL (
        (SELECT *, {running} AS opens FROM free_span
         WHERE {filters} AND notice_minutes = edge.notice AND {at_the_edge} AND first_start < %(end)s {within})
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


def _conditions(query: Query) -> tuple[str, str, JsonObject]:
    """Return what precedes the edges, the clauses, and their values."""
    values: JsonObject = {name: getattr(query, name) for name in FILTERS if getattr(query, name) is not None}
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


def statement(query: Query, *, after: Tie | None, each_place: bool) -> tuple[str, JsonObject]:
    """Return the SQL of a search, and its values but for the time and the limits."""
    keys, filters, values = _conditions(query)
    if after is not None:
        names = ("place", "channel", "offering", "duration", "municipality", "tutor")
        values |= {f"after_{name}": value for name, value in zip(names, after[1:], strict=True)}
    sql = EARLIEST.format(
        at_the_edge=running_at("edge.at"),
        keys=keys,
        filters=filters,
        order=ORDER,
        **(IN_CERTAIN_HOURS if query.is_timed else AT_ANY_TIME),
        after=AFTER if after else "",
        distinct="DISTINCT ON (service_point_id)" if each_place else "",
        by=("service_point_id, " if each_place else "") + f"start, {ORDER}",
    )
    return sql, values | query.hours | {"zone": query.zone, "nowhere": NOWHERE}


async def earliest(
    connection: Connection,
    query: Query,
    *,
    now: dt.datetime,
    limit: int,
    after: Tie | None = None,
    each_place: bool = False,
) -> list[SlotRow]:
    """Return up to `limit` free starts in their order, those after `after`; with `each_place`, the first of each
    service point, in no order."""
    sql, values = statement(query, after=after, each_place=each_place)
    values |= {
        "now": now,
        "start": after[0] if after else query.start,
        "end": query.end or now + FAR,
        "limit": 1 if each_place else limit,
        "total": limit,
    }
    cursor = connection.cursor(row_factory=args_row(SlotRow))
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
      AND first_start > edge.at - {longest}) AS span
{hours} ORDER BY date
"""


async def days(connection: Connection, query: Query, *, now: dt.datetime) -> list[dt.date]:
    """Return the local dates from `query.start` to `query.end` on which something is free."""
    keys, filters, values = _conditions(query)
    values |= query.hours | {"now": now, "start": query.start, "end": query.end, "zone": query.zone}
    statement = DAYS.format(
        longest=LONGEST_SPAN, keys=keys, filters=filters, hours=f"WHERE EXISTS ({SOME_START})" if query.is_timed else ""
    )
    return [row[0] for row in await (await connection.execute(statement, values)).fetchall()]

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
from services.booking.store import seats
from services.booking.store.free_starts import LONGEST_SPAN, running_at
from shared.db import Connection, JsonObject
from shared.schemas.common import Channel

FAR = dt.timedelta(days=400)


@dataclass(frozen=True)
class Query:
    """What somebody looks for. One of `municipalities`, `points` (nearest first), `region` may say where; none means
    everywhere. Times of the day and weekdays are those of `zone`."""

    zone: str = field(kw_only=True)
    topic: str | None = None
    offering: uuid.UUID | None = None
    organisation: uuid.UUID | None = None
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
    def times(self) -> JsonObject:
        """On which weekdays, from and to which time of the day, as values of the SQL; none, when any start will do."""
        found: JsonObject = {"weekdays": list(self.weekdays)} if self.weekdays else {}
        if self.from_time is not None or self.to_time is not None:
            found |= {"from_time": self.from_time or dt.time(0), "to_time": self.to_time or dt.time(23, 59, 59)}
        return found


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
    def visit(self) -> seats.Seats:
        """What its seats are counted by."""
        return self.tutor_id, self.offering_id, self.start

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
STEP = "make_interval(mins => step_minutes)"
# The first start of a span at or after the edge: the next on the grid.
AT_THE_DOOR = f"date_bin({STEP}, edge.at + {STEP} - interval '1 microsecond', first_start)"
# Of a start, not of its span: a span may run past midnight, or be of a tutor whose day is another.
ON_THE_WALL = "(start AT TIME ZONE %(zone)s)"
CHOSEN = {
    "weekdays": f"AND extract(isodow FROM {ON_THE_WALL}) = ANY (%(weekdays)s)",
    "from_time": f"AND {ON_THE_WALL}::time >= %(from_time)s",
    "to_time": f"AND {ON_THE_WALL}::time < %(to_time)s",
}
SOME_START = """
    SELECT {what} FROM generate_series(first_start, last_start, make_interval(mins => step_minutes)) AS start
    WHERE start >= edge.at {chosen}
"""


def parts(times: JsonObject) -> dict[str, str]:
    """Return what differs in the SQL when certain days or times of the day are asked for."""
    if not times:
        return {"running": AT_THE_DOOR, "coming": "first_start", "sort": "first_start", "chosen": "", "within": ""}
    chosen = " ".join(CHOSEN[name] for name in times)
    first = f"({SOME_START.format(what='min(start)', chosen=chosen)})"
    within = f"AND EXISTS ({SOME_START.format(what='', chosen=chosen)})"
    return {"running": first, "coming": first, "sort": "opens", "chosen": chosen, "within": within}


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
WHERE start < %(end)s {chosen} {after}
ORDER BY {by}
LIMIT %(total)s
"""

FILTERS = {
    "topic": "topic = %(topic)s",
    "offering": "offering_id = %(offering)s",
    "organisation": "offering_id IN (SELECT id FROM offering WHERE organisation_id = %(organisation)s)",
    "region": "region = %(region)s",
    "tutor": "tutor_id = %(tutor)s",
    "channel": "channel = %(channel)s",
    "language": "%(language)s = ANY (languages)",
    "duration": "duration_minutes = %(duration)s",
    "drop_in": "drop_in = %(drop_in)s",
}


def conditions(query: Query) -> tuple[str, str, JsonObject]:
    """Return what precedes the edges, the clauses, and their values."""
    values: JsonObject = {name: getattr(query, name) for name in FILTERS if getattr(query, name) is not None}
    clauses = [FILTERS[name] for name in values]
    if query.features:
        values["features"] = list(query.features)
        clauses.append("features @> %(features)s::text[]")
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
    keys, filters, values = conditions(query)
    if after is not None:
        names = ("place", "channel", "offering", "duration", "municipality", "tutor")
        values |= {f"after_{name}": value for name, value in zip(names, after[1:], strict=True)}
    sql = EARLIEST.format(
        at_the_edge=running_at("edge.at"),
        keys=keys,
        filters=filters,
        order=ORDER,
        **parts(query.times),
        after=AFTER if after else "",
        distinct="DISTINCT ON (service_point_id)" if each_place else "",
        by=("service_point_id, " if each_place else "") + f"start, {ORDER}",
    )
    return sql, values | query.times | {"zone": query.zone, "nowhere": NOWHERE}


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
    return await without_held_seats(connection, await cursor.fetchall(), now)


async def without_held_seats(connection: Connection, rows: list[SlotRow], now: dt.datetime) -> list[SlotRow]:
    """Return the rows, those of group visits with the seats that are neither booked nor held."""
    visits = [row.visit for row in rows if row.seats_left is not None]
    held = await seats.held(connection, visits, now) if visits else {}
    if not held:
        return rows
    return [row._replace(seats_left=row.seats_left - held.get(row.visit, 0)) if row.seats_left else row for row in rows]


EVERY_START = f"generate_series(first_start, last_start, {STEP})"
# A span lies within a day of its tutor's, and so on two dates of the searcher's at most: those of its first and last
# start that can be had.
FIRST_AND_LAST = (
    f"unnest(ARRAY[greatest(first_start, {AT_THE_DOOR}),"
    f" least(last_start, date_bin({STEP}, %(end)s - interval '1 microsecond', first_start))])"
)
DAYS = """
WITH edge AS (
    SELECT minutes AS notice,
           greatest(%(start)s::timestamptz, %(now)s::timestamptz + make_interval(mins => minutes)) AS at FROM notice
)
SELECT DISTINCT {wall}::date AS date FROM {keys} edge CROSS JOIN LATERAL (
    SELECT first_start, last_start, step_minutes FROM free_span
    WHERE {filters} AND notice_minutes = edge.notice AND last_start >= edge.at AND first_start < %(end)s
      AND first_start > edge.at - {longest}) AS span
CROSS JOIN LATERAL {starts} AS start WHERE start >= edge.at AND start < %(end)s {chosen} ORDER BY date
"""


async def days(connection: Connection, query: Query, *, now: dt.datetime) -> list[dt.date]:
    """Return the local dates from `query.start` to `query.end` on which something is free."""
    keys, filters, values = conditions(query)
    values |= query.times | {"now": now, "start": query.start, "end": query.end, "zone": query.zone}
    statement = DAYS.format(
        wall=ON_THE_WALL,
        longest=LONGEST_SPAN,
        keys=keys,
        filters=filters,
        starts=EVERY_START if query.times else FIRST_AND_LAST,
        chosen=parts(query.times)["chosen"],
    )
    return [row[0] for row in await (await connection.execute(statement, values)).fetchall()]

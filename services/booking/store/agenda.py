"""Some starts of each of several stretches of time, in one statement: the search of `search`, once for each stretch."""

import datetime as dt
from collections.abc import Sequence

from services.booking.store import search
from services.booking.store.free_starts import running_at
from services.booking.store.search import Query, SlotRow
from shared.db import Connection, JsonObject
from shared.intervals import Interval

# Of each span a start every half hour, and of one hour a few starts, however many tutors and places there are. At one
# time it is the turn of one place in one hour and of another in the next; around a point, of the nearest.
MOST_AN_HOUR = 6
IN_TURN = "start, hashtext(service_point_id::text || start)"
NEAREST_FIRST = "array_position(%(points)s::uuid[], service_point_id), start"
AGENDA = """
WITH stretch AS (
    SELECT opens, closes, number
    FROM unnest(%(opens)s::timestamptz[], %(closes)s::timestamptz[]) WITH ORDINALITY AS stretch (opens, closes, number)
), edge AS (
    SELECT number, closes, minutes AS notice,
           greatest(stretch.opens, %(now)s::timestamptz + make_interval(mins => minutes)) AS at
    FROM stretch CROSS JOIN notice
    WHERE %(now)s::timestamptz + make_interval(mins => minutes) < closes
), candidate AS (
    SELECT edge.number, edge.closes, span.* FROM {keys} edge CROSS JOIN LATERAL (
        (SELECT *, {running} AS opens FROM free_span
         WHERE {filters} AND notice_minutes = edge.notice AND {at_the_edge} {within})
        UNION ALL
        (SELECT *, {coming} AS opens FROM free_span
         WHERE {filters} AND notice_minutes = edge.notice AND first_start > edge.at AND first_start < edge.closes
           {within})
    ) AS span
), slot AS (
    SELECT DISTINCT ON (number, start, service_point_id, channel, offering_id, duration_minutes, municipality)
           number, start, tutor_id, offering_id, service_point_id, municipality, channel, region, duration_minutes,
           seats_left, drop_in
    FROM candidate, generate_series(opens, last_start,
        make_interval(mins => step_minutes * greatest(1, 30 / step_minutes))) AS start
    WHERE start < closes {chosen}
    ORDER BY number, start, service_point_id, channel, offering_id, duration_minutes, municipality, tutor_id
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY number, date_trunc('hour', start)
        ORDER BY {turn}, offering_id) AS nth
    FROM slot
)
SELECT number, start, tutor_id, offering_id, service_point_id, municipality, channel, region, duration_minutes,
       seats_left, drop_in
FROM ranked WHERE nth <= %(most)s ORDER BY number, start, nth
"""


def statement(query: Query, stretches: Sequence[Interval], *, now: dt.datetime) -> tuple[str, JsonObject]:
    """Return the SQL of an agenda, and its values."""
    keys, filters, values = search.conditions(query)
    values |= query.times | {"now": now, "zone": query.zone}
    values |= {
        "opens": [each.start for each in stretches],
        "closes": [each.end for each in stretches],
        "most": MOST_AN_HOUR,
    }
    sql = AGENDA.format(
        keys=keys,
        filters=filters,
        at_the_edge=running_at("edge.at"),
        turn=IN_TURN if query.points is None else NEAREST_FIRST,
        **search.parts(query.times),
    )
    return sql, values


async def starts_within(
    connection: Connection, query: Query, stretches: Sequence[Interval], *, now: dt.datetime
) -> list[list[SlotRow]]:
    """Return for each stretch of time some of its free starts, a few of every hour."""
    rows = await (await connection.execute(*statement(query, stretches, now=now))).fetchall()
    slots = [SlotRow(*start) for _number, *start in rows]
    found: list[list[SlotRow]] = [[] for _ in stretches]
    for (number, *_start), slot in zip(rows, await search.without_held_seats(connection, slots, now), strict=True):
        found[number - 1].append(slot)
    return found

"""Finding free times: the earliest, the days of a month, the next of each place, and what there is instead."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from services.booking.domain.wall_time import DAY, midnight
from services.booking.reads.prospects import can_be_waited_for
from services.booking.reads.slot_page import write_page
from services.booking.reads.slots import (
    LAST_TUTOR,
    PlaceTie,
    Tutors,
    cursor_after,
    cursor_after_place,
    expanded,
    place_names,
    read_cursor,
    read_place_cursor,
    slot_of,
)
from services.booking.store import areas, offerings
from services.booking.store import search as store
from services.booking.store.demand import Demand
from services.booking.store.search import Query, SlotRow, Tie
from shared.db import Connection
from shared.problems import field_problem
from shared.schemas import booking as wire
from shared.schemas.common import REMOTE
from shared.schemas.providers import Question

# Circles around the middle of what was searched, in kilometres, in which the nearest place with time is looked for.
CIRCLES = (40, 100, 300)


@dataclass(frozen=True)
class SearchArea:
    """Where to look, the middle of it, and how far the places around that middle are, in kilometres."""

    query: Query
    centre: tuple[float, float] | None = None
    distances: dict[uuid.UUID, float] = field(default_factory=dict)
    region: str | None = None


async def area_of(connection: Connection, wanted: wire.SlotQuery, zone: str) -> SearchArea:
    """Return the area of a search as the store asks for it: the first that is given counts."""
    query = Query(
        topic=wanted.topic,
        offering=wanted.offering,
        organisation=wanted.organisation,
        tutor=wanted.tutor,
        channel=wanted.channel,
        language=wanted.language,
        features=tuple(wanted.feature),
        duration=wanted.duration,
        weekdays=tuple(wanted.weekday),
        from_time=wanted.from_time,
        to_time=wanted.to_time,
        drop_in=wanted.drop_in,
        zone=zone,
    )
    if wanted.service_point is not None:
        return SearchArea(replace(query, points=(wanted.service_point,)))
    if wanted.near is not None:
        return await _around(connection, query, wanted.near, wanted.radius)
    if wanted.municipality is not None:
        return await _in_municipality(connection, query, wanted.municipality, neighbours=wanted.neighbours)
    if wanted.sub_region is not None:
        codes = await areas.of_sub_region(connection, wanted.sub_region)
        return SearchArea(replace(query, municipalities=tuple(codes)))
    return SearchArea(replace(query, region=wanted.region), region=wanted.region)


async def _around(connection: Connection, query: Query, near: str, radius: float) -> SearchArea:
    lat, lon = (float(number) for number in near.split(","))
    if not (-90 < lat < 90 and -180 <= lon <= 180):
        raise field_problem("/near", "string_pattern_mismatch")
    distances = dict(await areas.near(connection, lat, lon, radius))
    return SearchArea(replace(query, points=tuple(distances)), (lat, lon), distances)


async def _in_municipality(connection: Connection, query: Query, code: str, *, neighbours: bool) -> SearchArea:
    if query.channel not in REMOTE and not neighbours:
        return SearchArea(replace(query, municipalities=(code,)))  # the common case needs no look at the map
    area = await areas.area(connection, code)
    if area is None:
        return SearchArea(replace(query, municipalities=(code,)))
    if query.channel in REMOTE:
        return SearchArea(replace(query, region=area.region), area.centre, region=area.region)
    near = replace(query, municipalities=(code, *area.neighbours))
    return SearchArea(near, area.centre, region=area.region)


@dataclass(frozen=True)
class SlotPage:
    """A page of slots, a `wire.Slots` in JSON, and its cursor; and whether there is nothing in that area and channel,
    whenever and whoever."""

    json: bytes
    next: str | None = None
    in_vain: bool = False


async def slots(connection: Connection, wanted: wire.SlotSearch, *, now: dt.datetime, zone: str) -> SlotPage:
    """Return a page of free times, earliest first; or, when there are none at all, what there is instead."""
    area = await area_of(connection, wanted, zone)
    query = replace(area.query, start=max(wanted.start, now) if wanted.start else None, end=wanted.end)
    after = read_cursor(wanted.after) if wanted.after else None
    rows, more = await _page(connection, query, now=now, limit=wanted.limit, after=after, tutors=wanted.tutors)
    in_vain = not rows and after is None and await is_in_vain(connection, query, now)
    if not rows and after is None and not wanted.drop_in:
        instead = await otherwise(connection, wanted, area, now=now, zone=zone)
        return SlotPage(wire.Slots(items=[], otherwise=instead).model_dump_json().encode(), in_vain=in_vain)
    following = cursor_after(rows[-1], tutors=wanted.tutors) if more else None
    if not wanted.expand:
        return SlotPage(write_page(rows, following, zone, tutors=wanted.tutors), following, in_vain)
    items = [slot_of(row, zone, tutors=wanted.tutors) for row in rows]
    questions = await _questions_of(connection, items)
    page = wire.Slots(items=await expanded(connection, items, area.distances), next=following, questions=questions)
    return SlotPage(page.model_dump_json().encode(), following, in_vain)


async def _questions_of(connection: Connection, items: Sequence[wire.Slot]) -> dict[uuid.UUID, list[Question]]:
    asked = await offerings.questions(connection, {item.offering_id for item in items if item.offering_id})
    return {offering: [Question.model_validate(each) for each in questions] for offering, questions in asked.items()}


async def free_slots(
    connection: Connection, wanted: wire.SlotSearch, *, now: dt.datetime, zone: str
) -> list[wire.Slot]:
    """Return the earliest free times, and nothing else."""
    area = await area_of(connection, wanted, zone)
    query = replace(area.query, start=wanted.start, end=wanted.end)
    rows, _more = await _page(connection, query, now=now, limit=wanted.limit, after=None, tutors=wanted.tutors)
    return [slot_of(row, zone, tutors=wanted.tutors) for row in rows]


async def _page(
    connection: Connection, query: Query, *, now: dt.datetime, limit: int, after: Tie | None, tutors: Tutors
) -> tuple[Sequence[SlotRow], bool]:
    """Return up to `limit` rows, and whether there are more; with any tutor, one row for all who are free then."""
    if tutors == "each":
        rows = await store.earliest(connection, query, now=now, limit=limit + 1, after=after)
        return rows[:limit], len(rows) > limit
    found: list[SlotRow] = []
    at_once = 4 * (limit + 1)
    while True:
        rows = await store.earliest(connection, query, now=now, limit=at_once, after=after)
        for row in rows:
            if not found or found[-1].tie[:6] != row.tie[:6]:
                found.append(row)
        if len(found) > limit or len(rows) < at_once:
            return found[:limit], len(found) > limit
        after = (*rows[-1].tie[:6], LAST_TUTOR)


async def days(connection: Connection, wanted: wire.DaySearch, *, now: dt.datetime, zone: str) -> wire.Days:
    """Return the days of a month that have room."""
    first = dt.date.fromisoformat(f"{wanted.month}-01")
    following = (first + 31 * DAY).replace(day=1)
    area = await area_of(connection, wanted, zone)
    query = replace(area.query, start=midnight(first, zone), end=midnight(following, zone))
    return wire.Days(days=await store.days(connection, query, now=now))


async def places(connection: Connection, wanted: wire.PlaceSearch, *, now: dt.datetime, zone: str) -> wire.PlaceTimes:
    """Return a page of the next free times of each service point."""
    area = await area_of(connection, wanted, zone)
    found = await _next_of_places(connection, area, now=now)
    after = read_place_cursor(wanted.after) if wanted.after else None
    rest = [each for each in found if after is None or each[0] > after]
    shown = rest[: wanted.limit]
    return wire.PlaceTimes(
        items=await _place_times(connection, area, [row for _tie, row in shown], zone),
        next=cursor_after_place(shown[-1][0]) if len(rest) > len(shown) else None,
    )


async def _next_of_places(
    connection: Connection, area: SearchArea, *, now: dt.datetime
) -> list[tuple[PlaceTie, SlotRow]]:
    """Return the next free time of each place, the nearest or soonest first."""
    points = area.query.points
    if points is None:
        points = tuple(await areas.points_in(connection, area.query.municipalities, area.query.region))
    query = replace(area.query, points=points, municipalities=None, region=None)
    rows = await store.earliest(connection, query, now=now, limit=len(points), each_place=True)
    found = [
        ((area.distances.get(row.service_point_id, 0.0), row.start, row.service_point_id), row)
        for row in rows
        if row.service_point_id
    ]
    return sorted(found, key=lambda each: each[0])


async def _place_times(
    connection: Connection, area: SearchArea, rows: Sequence[SlotRow], zone: str
) -> list[wire.PlaceTime]:
    names = await place_names(connection, (row.service_point_id for row in rows))
    return [
        wire.PlaceTime(
            service_point_id=row.service_point_id,
            place=names.get(row.service_point_id),
            km=round(area.distances[row.service_point_id], 1) if row.service_point_id in area.distances else None,
            slot=slot_of(row, zone),
        )
        for row in rows
        if row.service_point_id
    ]


async def otherwise(
    connection: Connection, wanted: wire.SlotQuery, area: SearchArea, *, now: dt.datetime, zone: str
) -> wire.Otherwise:
    """Return what there is when nothing was found; of places only those that have what is needed there."""
    municipality = await areas.area(connection, wanted.municipality) if wanted.municipality else None
    region = municipality.region if municipality else area.region
    query = Query(topic=wanted.topic, language=wanted.language, region=region, zone=zone)
    at_place = replace(query, features=tuple(wanted.feature))
    centre = area.centre or (municipality.centre if municipality else None)
    return wire.Otherwise(
        nearest=await _nearest_place(connection, replace(at_place, drop_in=False), centre, now=now, zone=zone),
        remote=await _first(connection, [replace(query, channel=channel) for channel in sorted(REMOTE)], now, zone),
        drop_in=await _first(connection, [replace(at_place, drop_in=True)], now, zone),
        waitlist=municipality is not None
        and await can_be_waited_for(connection, wanted, municipality, now=now, zone=zone),
    )


async def is_in_vain(connection: Connection, query: Query, now: dt.datetime) -> bool:
    """Whether a search that found nothing would find nothing at any time either, of whoever gives help there."""
    of_area = ("topic", "channel", "language", "drop_in", "points", "municipalities", "region", "zone")
    wider = Query(**{name: getattr(query, name) for name in of_area})
    return wider == query or not await store.earliest(connection, wider, now=now, limit=1)


def demand_of(wanted: wire.SlotQuery) -> Demand | None:
    """Return what a search counts for; None where no topic is asked for."""
    if wanted.topic is None:
        return None
    return Demand(
        wanted.topic, wanted.region or "", wanted.municipality or "", wanted.channel or "", wanted.language or ""
    )


async def _first(
    connection: Connection, queries: Sequence[Query], now: dt.datetime, zone: str
) -> wire.ExpandedSlot | None:
    """Return the earliest slot that any of the queries finds."""
    rows = [row for query in queries for row in await store.earliest(connection, query, now=now, limit=1)]
    if not rows:
        return None
    [shown] = await expanded(connection, [slot_of(min(rows, key=lambda row: row.start), zone)])
    return shown


async def _nearest_place(
    connection: Connection, query: Query, centre: tuple[float, float] | None, *, now: dt.datetime, zone: str
) -> wire.Nearest | None:
    """Return the nearest service point that has time, in ever wider circles around the middle."""
    if centre is None:
        return None
    for km in CIRCLES:
        distances = dict(await areas.near(connection, *centre, km))
        area = SearchArea(replace(query, points=tuple(distances), region=None), centre, distances)
        if found := await _next_of_places(connection, area, now=now):
            (distance, *_), row = found[0]
            [shown] = await expanded(connection, [slot_of(row, zone)])
            return wire.Nearest(slot=shown, km=round(distance))
    return None

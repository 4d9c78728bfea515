"""Finding free times: the earliest, the days, the next of each place, the nearest to one that was taken, and what
there is instead when nothing was found."""

import base64
import binascii
import datetime as dt
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from services.booking.domain.appointments import CHANNELS, NOWHERE, SlotKey
from services.booking.domain.time import DAY, midnight
from services.booking.store import offerings
from services.booking.store import search as store
from services.booking.store.search import Query, Tie
from shared.db import Connection
from shared.problems import field_problem
from shared.schemas import booking as wire
from shared.schemas.common import REMOTE
from shared.schemas.providers import Question
from shared.single_flight import SingleFlight

NEAR, CLOSE = dt.timedelta(days=1), dt.timedelta(hours=2)
AROUND, ALTERNATIVES = 20, 5
Rows = SingleFlight[list[Any]]
LAST_TUTOR = uuid.UUID(int=2**128 - 1)


@dataclass(frozen=True)
class Found:
    """Where to look, and the middle of it."""

    query: Query
    centre: tuple[float, float] | None = None
    distances: dict[uuid.UUID, float] | None = None
    region: str | None = None


async def _placed(connection: Connection, wanted: wire.SlotQuery, zone: str) -> Found:
    """The area of a search as the store asks for it."""
    query = Query(
        topic=wanted.topic,
        offering=wanted.offering,
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
        return Found(replace(query, points=(wanted.service_point,)))
    if wanted.near is not None:
        lat, lon = (float(number) for number in wanted.near.split(","))
        if not (-90 < lat < 90 and -180 <= lon <= 180):
            raise field_problem("/near", "string_pattern_mismatch")
        around = dict(await store.near(connection, lat, lon, wanted.radius))
        return Found(replace(query, points=tuple(around)), (lat, lon), around)
    if wanted.municipality is not None:
        return await _in_municipality(connection, query, wanted.municipality, neighbours=wanted.neighbours)
    if wanted.sub_region is not None:
        codes = await store.of_sub_region(connection, wanted.sub_region)
        return Found(replace(query, municipalities=tuple(codes)))
    return Found(replace(query, region=wanted.region), region=wanted.region)


async def _in_municipality(connection: Connection, query: Query, code: str, *, neighbours: bool) -> Found:
    if query.channel not in REMOTE and not neighbours:
        return Found(replace(query, municipalities=(code,)))  # the common case needs no look at the map
    area = await store.area(connection, code)
    if area is None:
        return Found(replace(query, municipalities=(code,)))
    centre = (area.lat, area.lon) if area.lat is not None and area.lon is not None else None
    if query.channel in REMOTE:
        return Found(replace(query, region=area.region), centre, region=area.region)
    return Found(replace(query, municipalities=(code, *area.neighbours)), centre, region=area.region)


async def slots(connection: Connection, wanted: wire.SlotSearch, *, now: dt.datetime, zone: str) -> wire.Slots:
    """A page of free times, earliest first; or, when there are none at all, what there is instead."""
    found = await _placed(connection, wanted, zone)
    query = replace(found.query, start=max(wanted.start, now) if wanted.start else None, end=wanted.end)
    after = _tie(wanted.after) if wanted.after else None
    rows, more = await _page(connection, query, now=now, limit=wanted.limit, after=after, each=wanted.tutors == "each")
    items = [slot(row, zone, by=wanted.tutors) for row in rows]
    if not items and after is None and not wanted.drop_in:
        otherwise = await _otherwise(connection, wanted, found, now=now, zone=zone)
        return wire.Slots(items=[], otherwise=otherwise)
    following = _cursor(rows[-1], by=wanted.tutors) if more else None
    if wanted.expand:
        asked = await offerings.questions(connection, {row.offering_id for row in items if row.offering_id})
        return wire.Slots(
            items=await named(connection, items),
            next=following,
            questions={offering: [Question.model_validate(each) for each in all_] for offering, all_ in asked.items()},
        )
    return wire.Slots(items=items, next=following)


async def free(connection: Connection, wanted: wire.SlotSearch, *, now: dt.datetime, zone: str) -> list[wire.Slot]:
    """The earliest free times, and nothing else."""
    found = await _placed(connection, wanted, zone)
    query = replace(found.query, start=wanted.start, end=wanted.end)
    each = wanted.tutors == "each"
    rows, _more = await _page(connection, query, now=now, limit=wanted.limit, after=None, each=each)
    return [slot(row, zone, by=wanted.tutors) for row in rows]


async def _page(
    connection: Connection, query: Query, *, now: dt.datetime, limit: int, after: Tie | None, each: bool
) -> tuple[list[Any], bool]:
    """Up to `limit` rows, and whether there are more; unless `each`, one for all tutors who are free then and there."""
    if each:
        rows = await store.earliest(connection, query, now=now, limit=limit + 1, after=after)
        return rows[:limit], len(rows) > limit
    found: list[Any] = []
    at_once = 4 * (limit + 1)
    while True:
        rows = await store.earliest(connection, query, now=now, limit=at_once, after=after)
        for row in rows:
            if not found or _any_of(found[-1]) != _any_of(row):
                found.append(row)
        if len(found) > limit or len(rows) < at_once:
            return found[:limit], len(found) > limit
        after = (*_tie_of(rows[-1])[:6], LAST_TUTOR)


def _any_of(row: Any) -> tuple[Any, ...]:
    return _tie_of(row)[:6]


def _tie_of(row: Any) -> Tie:
    return (
        row.start,
        row.service_point_id or NOWHERE,
        row.channel,
        row.offering_id,
        row.duration_minutes,
        row.municipality or "",
        row.tutor_id,
    )


def slot(row: Any, zone: str, *, by: str = "each") -> wire.Slot:
    """A row of the search as it is shown; `by` any helper, or the one that the row names."""
    local, start = ZoneInfo(zone), row.start
    tutor = None if by == "any" or row.drop_in else row.tutor_id
    return wire.Slot(
        id=None if row.drop_in else key_of(row, tutor).encode(),
        start=start.astimezone(local),
        end=(start + dt.timedelta(minutes=row.duration_minutes)).astimezone(local),
        offering_id=None if row.drop_in else row.offering_id,
        tutor_id=tutor,
        service_point_id=row.service_point_id,
        municipality=row.municipality,
        channel=row.channel,
        drop_in=row.drop_in,
        seats_left=row.seats_left,
    )


def key_of(row: Any, tutor: uuid.UUID | None) -> SlotKey:
    """The key of a row's start."""
    home = row.municipality if row.channel == "home" else None
    return SlotKey(tutor, row.offering_id, row.service_point_id, row.channel, row.duration_minutes, row.start, home)


def _cursor(row: Any, *, by: str) -> str:
    _start, *others, tutor = _tie_of(row)
    parts = [row.start.isoformat(), *map(str, others), str(LAST_TUTOR if by == "any" else tutor)]
    text = json.dumps(parts)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _tie(cursor: str) -> Tie:
    try:
        start, place, channel, offering, duration, municipality, tutor = json.loads(
            base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        )
        at = dt.datetime.fromisoformat(start)
        if at.tzinfo is None or not 2000 <= at.year <= 2200:
            raise ValueError
        if channel not in CHANNELS or not (duration.isascii() and duration.isdigit() and len(duration) < 5):
            raise ValueError
        if municipality and not (municipality.isascii() and municipality.isdigit()):
            raise ValueError
        return at, uuid.UUID(place), channel, uuid.UUID(offering), int(duration), municipality, uuid.UUID(tutor)
    except (binascii.Error, ValueError, TypeError, AttributeError):
        raise field_problem("/after", "cursor") from None


async def named(connection: Connection, items: Sequence[wire.Slot]) -> list[wire.ExpandedSlot]:
    """Slots with the names of places and tutors."""
    places = await places_of(connection, {item.service_point_id for item in items})
    names = await store.names(connection, [item.tutor_id for item in items if item.tutor_id])
    return [
        wire.ExpandedSlot(
            **item.__dict__,
            place=places.get(item.service_point_id) if item.service_point_id else None,
            tutor_name=names.get(item.tutor_id, "") if item.tutor_id else "",
        )
        for item in items
    ]


async def places_of(connection: Connection, points: set[uuid.UUID | None]) -> dict[uuid.UUID, wire.PlaceName]:
    """Service points in words."""
    wanted = [point for point in points if point]
    if not wanted:
        return {}
    found = await store.places(connection, wanted)
    return {
        point: wire.PlaceName.model_validate({"name": name, "address": address})
        for point, (name, address) in found.items()
    }


async def days(connection: Connection, wanted: wire.DaySearch, *, now: dt.datetime, zone: str) -> wire.Days:
    """The days of a month that have room."""
    first = dt.date.fromisoformat(f"{wanted.month}-01")
    following = (first + 31 * DAY).replace(day=1)
    found = await _placed(connection, wanted, zone)
    query = replace(found.query, start=midnight(first, zone), end=midnight(following, zone))
    return wire.Days(days=await store.days(connection, query, now=now))


async def places(
    connection: Connection, wanted: wire.SlotQuery, *, limit: int, now: dt.datetime, zone: str
) -> wire.PlaceTimes:
    """The next free time of each service point."""
    found = await _placed(connection, wanted, zone)
    return wire.PlaceTimes(items=await _places(connection, found, limit=limit, now=now, zone=zone))


async def _places(
    connection: Connection, found: Found, *, limit: int, now: dt.datetime, zone: str
) -> list[wire.PlaceTime]:
    points = found.query.points
    if points is None:
        points = tuple(await store.points_in(connection, found.query.municipalities, found.query.region))
    query = replace(found.query, points=points, municipalities=None, region=None)
    rows = [
        row
        for row in await store.earliest(connection, query, now=now, limit=len(points), each_place=True)
        if row.service_point_id
    ]
    distances = found.distances or {}
    rows.sort(key=lambda row: (distances.get(row.service_point_id, 0.0), row.start, row.service_point_id))
    names = await places_of(connection, {row.service_point_id for row in rows[:limit]})
    return [
        wire.PlaceTime(
            service_point_id=row.service_point_id,
            place=names.get(row.service_point_id),
            km=round(distances[row.service_point_id], 1) if row.service_point_id in distances else None,
            slot=slot(row, zone),
        )
        for row in rows[:limit]
    ]


async def _otherwise(
    connection: Connection, wanted: wire.SlotQuery, found: Found, *, now: dt.datetime, zone: str
) -> wire.Otherwise:
    """What there is when nothing was found; and a note that it was sought in vain."""
    area = await store.area(connection, wanted.municipality) if wanted.municipality else None
    region = area.region if area else found.region
    if wanted.topic is not None:
        await store.sought_in_vain(
            connection,
            now,
            topic=wanted.topic,
            region=region or "",
            municipality=wanted.municipality or "",
            channel=wanted.channel or "",
            language=wanted.language or "",
        )
    plain = Query(topic=wanted.topic, language=wanted.language, region=region, zone=zone)
    remote = [
        row
        for channel in ("phone", "video")
        for row in await store.earliest(connection, replace(plain, channel=channel), now=now, limit=1)
    ]
    drop_in = await store.earliest(connection, replace(plain, drop_in=True), now=now, limit=1)
    shown = [await _first(connection, rows, zone) for rows in (sorted(remote, key=lambda row: row.start), drop_in)]
    centre = found.centre or ((area.lat, area.lon) if area and area.lat is not None and area.lon is not None else None)
    nearest = await _nearest(connection, replace(plain, drop_in=False), centre, now=now, zone=zone)
    return wire.Otherwise(nearest=nearest, remote=shown[0], drop_in=shown[1])


async def _first(connection: Connection, rows: list[Any], zone: str) -> wire.ExpandedSlot | None:
    return (await named(connection, [slot(rows[0], zone)]))[0] if rows else None


async def _nearest(
    connection: Connection, query: Query, centre: tuple[float, float] | None, *, now: dt.datetime, zone: str
) -> wire.Nearest | None:
    """The nearest service point that has time: ever wider circles around the middle, at most 300 km."""
    if centre is None:
        return None
    for km in (40, 100, 300):
        around = dict(await store.near(connection, *centre, km))
        found = Found(replace(query, points=tuple(around), region=None), centre, around)
        if items := await _places(connection, found, limit=1, now=now, zone=zone):
            [shown] = await named(connection, [items[0].slot])
            return wire.Nearest(slot=shown, km=round(items[0].km) if items[0].km is not None else None)
    return None


async def alternatives(
    connection: Connection, key: SlotKey, topic: str, *, now: dt.datetime, zone: str
) -> list[wire.Slot]:
    """Free times nearest to one that was refused."""
    where = await store.scope_of(connection, key.tutor_id, key.offering_id, key.service_point_id)
    return await nearest_to(connection, key, topic, where, now=now, zone=zone)


async def nearest_to(
    connection: Connection,
    key: SlotKey,
    topic: str,
    where: tuple[str | None, str | None],
    *,
    now: dt.datetime,
    zone: str,
    together: Rows | None = None,
) -> list[wire.Slot]:
    """Free times nearest to one, `where` being its region and municipality: in the municipality or by its channel, else
    in the region. In a rush, who are refused together are told of the same times."""
    region, municipality = where
    if region is None:
        return []
    hour = key.start.replace(minute=0, second=0, microsecond=0)
    query = Query(topic=topic, start=hour - NEAR, drop_in=False, zone=zone)
    if municipality is not None:
        query = replace(query, municipalities=(municipality,))
    elif key.channel == "home" and key.municipality:
        query = replace(query, municipalities=(key.municipality,), channel="home")
    else:
        query = replace(query, region=region, channel=key.channel)

    async def around() -> list[Any]:
        found = await store.earliest(connection, query, now=now, limit=AROUND)
        if len(found) == AROUND and found[-1].start < hour:  # where there is much time, all of these lie before it
            found = await store.earliest(connection, replace(query, start=hour - CLOSE), now=now, limit=AROUND)
        wide = Query(topic=topic, region=region, drop_in=False, zone=zone)
        return found or await store.earliest(connection, wide, now=now, limit=ALTERNATIVES)

    found = await (together(query, around) if together is not None else around())
    nearest = sorted(found, key=lambda row: (abs(row.start - key.start), row.start))[:ALTERNATIVES]
    by = "any" if key.tutor_id is None else "each"
    return [slot(row, zone, by=by) for row in sorted(nearest, key=lambda row: row.start)]

"""An agenda: some times of each of the next days that have room."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain

from services.booking.domain.agenda import halves, spread
from services.booking.reads import search
from services.booking.reads.search import SearchArea
from services.booking.reads.slots import expanded, slot_of
from services.booking.store import agenda as store
from services.booking.store import names
from services.booking.store import search as free_starts
from services.booking.store.search import Query, SlotRow
from shared.db import Connection
from shared.schemas import booking as wire
from shared.schemas.common import LocalisedText

# Nothing is offered so far ahead but by the few who plan a year: those days are found by their month (`/days`).
AHEAD = dt.timedelta(days=92)


async def agenda(
    connection: Connection, wanted: wire.AgendaSearch, *, now: dt.datetime, zone: str
) -> tuple[wire.Agenda, bool]:
    """Return the next days that have room with some times of each, or what there is instead; and whether there is
    nothing in that area and channel, whenever and whoever."""
    area = await search.area_of(connection, wanted, zone)
    begin = max(wanted.start, now) if wanted.start else now
    query = replace(area.query, start=begin, end=begin + AHEAD)
    with_room = await free_starts.days(connection, query, now=now)
    if not with_room:
        return await _nothing(connection, wanted, area, query, now=now, zone=zone)
    halved = [half for date in with_room[: wanted.days] for half in halves(date, zone)]
    # Of a day that has begun, what is left.
    stretches = [half._replace(start=max(half.start, begin)) for half in halved]
    found = await store.starts_within(connection, area.query, stretches, now=now)
    rows = [spread(each, wanted.most, area.distances) for each in found]
    return await _shown(connection, with_room, rows, area.distances, zone), False


async def _shown(
    connection: Connection,
    with_room: Sequence[dt.date],
    halved: Sequence[Sequence[SlotRow]],
    distances: Mapping[uuid.UUID, float],
    zone: str,
) -> wire.Agenda:
    slots = [slot_of(row, zone, tutors="any") for row in chain(*halved)]
    shown = iter(await expanded(connection, slots, distances))
    each = [[next(shown) for _ in half] for half in halved]
    dated = zip(with_room, each[::2], each[1::2], strict=False)
    days = [wire.AgendaDay(date=date, morning=before, afternoon=after) for date, before, after in dated]
    offerings = sorted({slot.offering_id for slot in slots if slot.offering_id})
    return wire.Agenda(
        days=days,
        with_room=list(with_room),
        offerings={
            offering: LocalisedText.model_validate(name)
            for offering, name in (await names.offering_names(connection, offerings)).items()
        },
    )


async def _nothing(
    connection: Connection, wanted: wire.AgendaSearch, area: SearchArea, query: Query, *, now: dt.datetime, zone: str
) -> tuple[wire.Agenda, bool]:
    instead = await search.otherwise(connection, wanted, area, now=now, zone=zone)
    found = wire.Agenda(days=[], with_room=[], offerings={}, otherwise=instead)
    return found, await search.is_in_vain(connection, query, now)

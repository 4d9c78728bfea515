"""The free slots nearest to one that was refused."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from services.booking.domain.slots import ALTERNATIVES, RefusedSlot, nearest
from services.booking.reads.slots import Tutors, slot_of
from services.booking.store import search as store
from services.booking.store.search import Query, SlotRow
from shared.db import Connection
from shared.schemas import booking as wire
from shared.single_flight import SingleFlight

Flight = SingleFlight[Sequence[SlotRow]]
# Looked at around the wanted time: from a day before its hour; where there is much time, from two hours before.
NEAR, CLOSE = dt.timedelta(days=1), dt.timedelta(hours=2)
LOOKED_AT = 20


async def nearest_slots(
    connection: Connection,
    refused: RefusedSlot,
    where: tuple[str | None, str | None],
    *,
    now: dt.datetime,
    zone: str,
    flight: Flight | None = None,
) -> list[wire.Slot]:
    """Return the free slots nearest to one, `where` being its region and municipality: in the municipality or by its
    channel, else in the region; those of `refused.organisation` alone, when it has any. Those who share a `flight` and
    ask at once are told of the same."""
    region, _municipality = where
    if region is None:
        return []
    hour = refused.slot.start.replace(minute=0, second=0, microsecond=0)
    query = replace(_around(refused, where, zone), start=hour - NEAR)

    async def look() -> Sequence[SlotRow]:
        found = await store.earliest(connection, query, now=now, limit=LOOKED_AT)
        if len(found) == LOOKED_AT and found[-1].start < hour:  # all of these lie before the wanted time
            found = await store.earliest(connection, replace(query, start=hour - CLOSE), now=now, limit=LOOKED_AT)
        wide = Query(topic=refused.topic, region=region, organisation=query.organisation, drop_in=False, zone=zone)
        for wider in (wide, replace(wide, organisation=None)) if wide.organisation else (wide,):
            found = found or await store.earliest(connection, wider, now=now, limit=ALTERNATIVES)
        return found

    found = await (flight(query, look) if flight is not None else look())
    tutors: Tutors = "any" if refused.slot.tutor_id is None else "each"
    return [slot_of(row, zone, tutors=tutors) for row in nearest(found, refused.slot.start)]


def _around(refused: RefusedSlot, where: tuple[str | None, str | None], zone: str) -> Query:
    """Return where the alternatives of a slot may be."""
    region, municipality = where
    query = Query(topic=refused.topic, organisation=refused.organisation, drop_in=False, zone=zone)
    if municipality is not None:
        return replace(query, municipalities=(municipality,))
    if refused.slot.channel == "home" and refused.slot.municipality:
        return replace(query, municipalities=(refused.slot.municipality,), channel="home")
    return replace(query, region=region, channel=refused.slot.channel)

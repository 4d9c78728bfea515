"""The appointment of somebody who stands at the desk or phones: looked up by what they say, never listed."""

import datetime as dt

from services.booking import access
from services.booking.access import Today
from services.booking.domain.wall_time import DAY
from services.booking.reads.shown import as_shown
from services.booking.settings import Settings
from services.booking.store import lookup as store
from services.booking.store.lookup import Said
from services.booking.store.shown import shown
from shared import contacts
from shared.auth import Principal
from shared.db import Connection
from shared.schemas import booking as wire

MOST = 5  # more are no answer to one person


async def look_up(
    connection: Connection, caller: Principal, words: str, settings: Settings, *, now: dt.datetime
) -> wire.FoundAppointments:
    """Return the next appointments that fit, since yesterday, of those whose citizens the caller sees. Raises
    Unauthenticated, Forbidden."""
    said = Said(words, contacts.phone(words), words.split())
    seen_by = access.seen_by(caller, "citizens:read")
    found = await store.look_up(connection, said, seen_by, since=now - DAY, limit=MOST + 1)
    rows, today = await shown(connection, found[:MOST]), Today(now, settings.zone)
    items = [as_shown(row, access.view_in_list(caller, row, today), settings) for row in rows]
    return wire.FoundAppointments(items=items, more=len(found) > MOST)

"""The call list, as far as whoever asks may see it."""

import datetime as dt
from zoneinfo import ZoneInfo

from services.booking import access
from services.booking.access import Today
from services.booking.domain.calls import MOST_LOOKED_AT
from services.booking.domain.wall_time import local_date, midnight
from services.booking.reads.shown import as_shown
from services.booking.settings import Settings
from services.booking.store import calls as store
from services.booking.store.shown import shown
from shared.auth import Principal
from shared.db import Connection
from shared.schemas import booking as wire


async def to_make(
    connection: Connection, caller: Principal, wanted: wire.CallsWanted, settings: Settings, *, now: dt.datetime
) -> wire.Calls:
    """Return whom somebody must tell of a change, of those whom no message reaches, from today on. Raises
    Unauthenticated, Forbidden."""
    since = midnight(local_date(now, settings.zone), settings.zone)
    found = await store.untold(connection, access.seen_by(caller), since=since, limit=MOST_LOOKED_AT)
    calls = [each for each in found if not settings.takes_message(each.phone, None, each.region)]
    first = calls[: wanted.limit]
    rows = {row.id: row for row in await shown(connection, [each.appointment for each in first])}
    today, zone = Today(now, settings.zone), ZoneInfo(settings.zone)
    items = [
        wire.Call(
            appointment=as_shown(row, access.view_in_list(caller, row, today), settings),
            change=each.change,
            was=each.was.astimezone(zone),
            way="call" if each.phone else "desk",
        )
        for each in first
        if (row := rows.get(each.appointment))
    ]
    return wire.Calls(items=items, total=len(calls))

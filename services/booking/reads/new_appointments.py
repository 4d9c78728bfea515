"""What was booked for a tutor since they last said that they have seen it, without who comes."""

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

from services.booking.access import OVERVIEW
from services.booking.domain.new_appointments import MOST_SHOWN, new_since
from services.booking.reads.shown import as_shown
from services.booking.settings import Settings
from services.booking.store import new_appointments as store
from services.booking.store.shown import shown
from shared.auth import Principal
from shared.db import Connection
from shared.schemas import booking as wire


async def new_appointments(
    connection: Connection, tutor: uuid.UUID, caller: Principal, settings: Settings, *, now: dt.datetime
) -> wire.NewAppointments:
    """Return the visits to come that are new to a tutor, in order of time."""
    since = new_since(await store.seen_until(connection, tutor), now)
    came = await store.came_since(connection, tutor, caller.named, since, now=now, limit=MOST_SHOWN)
    rows = await shown(connection, [each.id for each in came])
    return wire.NewAppointments(
        items=[as_shown(row, OVERVIEW, settings) for row in rows],
        more=bool(came) and came[0].of > len(came),
        until=max((each.at for each in came), default=since).astimezone(ZoneInfo(settings.zone)),
    )

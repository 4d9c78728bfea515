"""How reading a tutor's external calendar goes, as it is shown."""

import uuid

from services.booking.store import external_calendar as store
from shared.db import Connection
from shared.problems import NotFound
from shared.schemas import booking as wire


async def calendar(connection: Connection, tutor: uuid.UUID) -> wire.ExternalCalendar | None:
    """Return how reading a tutor's external calendar goes, without its address; None when they have given none."""
    row = await store.get(connection, tutor)
    if row is None:
        return None
    return wire.ExternalCalendar(
        host=_host_of(row.url),
        checked_at=row.checked_at,
        fresh_at=row.fresh_at,
        failing_since=row.failing_since,
        failure=row.failure,
        doubts=row.doubts,
    )


async def require_calendar(connection: Connection, tutor: uuid.UUID) -> wire.ExternalCalendar:
    """Return how reading a tutor's external calendar goes. Raises NotFound when they have given none."""
    found = await calendar(connection, tutor)
    if found is None:
        raise NotFound
    return found


def _host_of(url: str) -> str:
    # Older versions let in addresses with a password, and some that no parser takes.
    return url.partition("//")[2].partition("/")[0].rpartition("@")[2]

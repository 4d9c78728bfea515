"""The rows that decide a service point's drop-in windows."""

import datetime as dt
import uuid
from dataclasses import dataclass

from psycopg.rows import class_row

from services.booking.domain.drop_in import DropInWindow
from services.booking.domain.wall_time import WallHours, wall_hours
from services.booking.store.week import WEEKS
from shared.db import Connection, JsonObject
from shared.intervals import Interval
from shared.schemas.providers import DropIn


@dataclass(frozen=True)
class DropInRow:
    """A service point with its drop-in windows, as they are kept."""

    id: uuid.UUID
    region: str
    municipality: str
    features: list[str]
    drop_in: list[JsonObject]
    active: bool

    def windows(self) -> list[DropInWindow]:
        """Return the windows as the rules want them."""
        kept = (DropIn.model_validate(window, extra="ignore") for window in self.drop_in)
        return [
            DropInWindow(each.weekday, each.opens, each.closes, tuple(each.topics), tuple(each.languages))
            for each in kept
        ]


LOCK_POINT = (
    "SELECT id, region, municipality, features, drop_in, active FROM service_point WHERE id = %(point)s FOR UPDATE"
)
CLOSINGS = """
    SELECT starts, ends FROM closing
    WHERE service_point_id = %(point)s AND ends > %(start)s AND starts < %(end)s
"""
STAFFED_AT = f"""
    SELECT date, hours FROM staffed_day
    WHERE service_point_id = %(point)s AND date BETWEEN %(start)s::date - 1 AND %(end)s::date
    UNION ALL SELECT date, hours FROM ({WEEKS.format(points="p.id = %(point)s")}) AS week
"""


async def lock_point(connection: Connection, point: uuid.UUID) -> DropInRow | None:
    """Lock a service point, so that its windows are laid out by one transaction at a time, and return it; None when
    there is none."""
    cursor = connection.cursor(row_factory=class_row(DropInRow))
    await cursor.execute(LOCK_POINT, {"point": point})
    return await cursor.fetchone()


async def closings(connection: Connection, point: uuid.UUID, within: Interval) -> list[Interval]:
    """Return when a service point is shut within an interval."""
    values = {"point": point, "start": within.start, "end": within.end}
    return [Interval(*row) for row in await (await connection.execute(CLOSINGS, values)).fetchall()]


async def staffed_hours(connection: Connection, point: uuid.UUID, within: Interval) -> dict[dt.date, WallHours]:
    """Return a service point's staffed hours on the dates of an interval that are known."""
    values = {"point": point, "start": within.start, "end": within.end}
    rows = await (await connection.execute(STAFFED_AT, values)).fetchall()
    return {date: wall_hours(hours) for date, hours in rows}

"""Seats of group visits at this moment. A free span knows those that are not booked; a hold comes and goes without its
being worked out anew."""

import datetime as dt
import uuid
from collections.abc import Iterable

from shared.db import Connection

Seats = tuple[uuid.UUID, uuid.UUID, dt.datetime]
"""The tutor, offering and start of a visit."""
HELD = """
    SELECT tutor_id, offering_id, starts, count(*) FROM appointment
    WHERE tutor_id = ANY (%(tutors)s::uuid[]) AND starts = ANY (%(starts)s::timestamptz[])
      AND state = 'held' AND expires > %(now)s
    GROUP BY tutor_id, offering_id, starts
"""


async def held(connection: Connection, visits: Iterable[Seats], now: dt.datetime) -> dict[Seats, int]:
    """Return how many seats of these visits are held; those without any may be missing, others may be among them."""
    wanted = list(visits)
    values = {"tutors": [tutor for tutor, *_ in wanted], "starts": [start for *_, start in wanted], "now": now}
    cursor = await connection.execute(HELD, values)
    return {(tutor, offering, starts): count for tutor, offering, starts, count in await cursor.fetchall()}


FREE_BESIDE = """
    SELECT mine.capacity - 1 > count(other.id) FROM appointment mine
    LEFT JOIN appointment other ON other.live_session = mine.live_session AND other.id <> mine.id
        AND (other.expires IS NULL OR other.expires > %(now)s)
    WHERE mine.id = %(id)s
    GROUP BY mine.capacity
"""


async def is_free_beside(connection: Connection, appointment: uuid.UUID, now: dt.datetime) -> bool:
    """Whether an appointment's visit has a seat besides its own that is neither booked nor held."""
    row = await (await connection.execute(FREE_BESIDE, {"id": appointment, "now": now})).fetchone()
    return bool(row and row[0])

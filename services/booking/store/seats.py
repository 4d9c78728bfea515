"""Seats of group visits that are held at this moment. A free span knows those that are not booked; a hold comes and
goes without its being worked out anew."""

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

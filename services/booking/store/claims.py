"""Claims: who holds which time of whom. The exclusion constraint is the referee; what stands here asks."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from psycopg import AsyncCursor
from psycopg.rows import TupleRow, class_row
from psycopg.types.range import Range

from services.booking.domain.fairness import LOAD_WINDOW, Load
from services.booking.domain.slots import SlotKey
from services.booking.store.free_starts import slot_values
from shared.db import Connection
from shared.intervals import Interval

Kind = Literal["tutor", "helper", "equipment"]  # `helper` is a further tutor of the visit, in the database's word

# The columns are called session_id; a visit is what they mean.
CLAIM = """
    INSERT INTO claim (session_id, resource_id, busy, kind, expires)
    SELECT %(visit)s, resource, tstzrange(%(start)s, %(end)s), kind, %(expires)s
    FROM unnest(%(resources)s::uuid[], %(kinds)s::text[]) AS wanted (resource, kind)
    ON CONFLICT DO NOTHING RETURNING resource_id
"""
RELEASE = "DELETE FROM claim WHERE session_id = %(visit)s RETURNING resource_id, busy, kind"
KEEP = "UPDATE claim SET expires = %(expires)s WHERE session_id = %(visit)s"


@dataclass(frozen=True)
class Resource:
    """A tutor, a room or a device that a visit takes."""

    id: uuid.UUID
    kind: Kind


class PendingClaim:
    """A claim that was sent to the database, whose answer is read when somebody asks: in a pipeline it comes with that
    of the statements after it."""

    def __init__(self, cursor: AsyncCursor[TupleRow], wanted: int) -> None:
        self._cursor, self._wanted = cursor, wanted

    async def succeeded(self) -> bool:
        """Whether every resource was claimed; False when another transaction holds one of them then."""
        return len(await self._cursor.fetchall()) == self._wanted


async def claim(
    connection: Connection,
    visit: uuid.UUID,
    busy: Interval,
    resources: Sequence[Resource],
    expires: dt.datetime | None,
) -> PendingClaim:
    """Claim time of all these resources for a visit; with `expires`, until then only."""
    cursor = await connection.execute(
        CLAIM,
        {
            "visit": visit,
            "start": busy.start,
            "end": busy.end,
            "expires": expires,
            "resources": [resource.id for resource in resources],
            "kinds": [resource.kind for resource in resources],
        },
    )
    return PendingClaim(cursor, len(resources))


async def release(connection: Connection, visit: uuid.UUID) -> list[tuple[Resource, Interval]]:
    """Give back all the time of a visit; return what it was."""
    cursor = await connection.execute(RELEASE, {"visit": visit})
    return [
        (Resource(resource, kind), Interval(busy.lower, busy.upper)) for resource, busy, kind in await cursor.fetchall()
    ]


async def keep_until(connection: Connection, visit: uuid.UUID, expires: dt.datetime | None) -> None:
    """Let a visit's claims end by themselves then; with None, never."""
    await connection.execute(KEEP, {"visit": visit, "expires": expires})


@dataclass(frozen=True)
class GroupVisit:
    """A visit of several seats, those that are taken, and when all of it falls free by itself, if it does."""

    visit_id: uuid.UUID
    seats: list[int]
    expires: dt.datetime | None


GROUP_VISIT = """
    SELECT c.session_id AS visit_id, array_agg(a.seat) AS seats, c.expires
    FROM claim c JOIN appointment a ON a.live_session = c.session_id AND (a.expires IS NULL OR a.expires > %(now)s)
    WHERE c.resource_id = %(tutor)s AND c.kind = 'tutor' AND a.starts = %(start)s AND a.offering_id = %(offering)s
      AND a.channel = %(channel)s AND a.service_point_id IS NOT DISTINCT FROM %(place)s
      AND a.ends = %(start)s + make_interval(mins => %(duration)s)
    GROUP BY c.session_id, c.expires
"""


async def group_visit_at(connection: Connection, slot: SlotKey, now: dt.datetime) -> GroupVisit | None:
    """Return the visit of several seats that stands at a slot, if there is one."""
    cursor = connection.cursor(row_factory=class_row(GroupVisit))
    await cursor.execute(GROUP_VISIT, slot_values(slot, None, now))
    return await cursor.fetchone()


LOADS = """
    SELECT t.id, coalesce(sum(extract(epoch FROM upper(c.busy) - lower(c.busy)) / 60), 0)::integer
    FROM unnest(%(tutors)s::uuid[]) AS t (id) LEFT JOIN claim c ON c.resource_id = t.id
        AND c.busy && tstzrange(%(now)s - %(window)s::interval, %(now)s + %(window)s::interval)
    GROUP BY t.id
"""


async def loads(connection: Connection, tutors: Sequence[uuid.UUID], now: dt.datetime) -> list[Load]:
    """Return how many minutes of visits each of these tutors has around now, as second tutor, too."""
    cursor = await connection.execute(LOADS, {"tutors": list(tutors), "now": now, "window": LOAD_WINDOW})
    return [Load(tutor, minutes) for tutor, minutes in await cursor.fetchall()]


UNCLAIMED = """
    SELECT piece FROM unnest(%(pieces)s::uuid[]) WITH ORDINALITY AS each (piece, nth)
    WHERE NOT EXISTS (SELECT FROM claim WHERE resource_id = piece AND busy && %(busy)s) ORDER BY nth
"""


async def unclaimed(connection: Connection, resources: Sequence[uuid.UUID], busy: Interval) -> list[uuid.UUID]:
    """Return which of these tutors, rooms or devices nobody has claimed then, in their order."""
    values = {"pieces": list(resources), "busy": Range(busy.start, busy.end)}
    return [row[0] for row in await (await connection.execute(UNCLAIMED, values)).fetchall()]


LIVE_SEATS = """
    SELECT expires FROM appointment
    WHERE live_session = %(visit)s AND id <> %(but)s AND (expires IS NULL OR expires > %(now)s)
"""
TUTORS_OF = "SELECT resource_id FROM claim WHERE session_id = %(visit)s AND kind <> 'equipment'"


async def other_seats(
    connection: Connection, visit: uuid.UUID, *, but: uuid.UUID, now: dt.datetime
) -> list[dt.datetime | None]:
    """Return when each other seat of a visit falls free by itself; None for one that does not."""
    values = {"visit": visit, "but": but, "now": now}
    return [row[0] for row in await (await connection.execute(LIVE_SEATS, values)).fetchall()]


async def tutors_of(connection: Connection, visit: uuid.UUID) -> list[uuid.UUID]:
    """Return the tutors whose time a visit takes."""
    return [row[0] for row in await (await connection.execute(TUTORS_OF, {"visit": visit})).fetchall()]

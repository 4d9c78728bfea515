"""Claims: who holds which time of whom. The exclusion constraint is the referee; what stands here asks and explains."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncCursor
from psycopg.rows import class_row
from psycopg.types.range import Range

from services.booking.domain.appointments import Helper, SlotKey
from shared.db import Connection
from shared.intervals import Interval

# A tutor's time is changed under a lock of their own. Tutors who depend on each other, through rooms or by helping
# together, change under one lock for the region. Tutors' own locks are taken before a region's, and each in order. A
# transaction that locks twice may still meet another in a circle: PostgreSQL ends one of them, which is answered 503.
KEYS = """
    SELECT DISTINCT CASE WHEN pooled THEN 'region:' || region ELSE 'by-tutor:' || id END AS key
    FROM tutor WHERE id = ANY (%(tutors)s::uuid[]) ORDER BY key
"""
LOCK = (
    "SELECT key, pg_advisory_xact_lock(hashtextextended('vuoro.time:' || key, 0)) FROM unnest(%(keys)s::text[]) AS key"
)
LOCK_ONE = """
    SELECT key, pg_advisory_xact_lock(hashtextextended('vuoro.time:' || key, 0))
    FROM (SELECT CASE WHEN pooled THEN 'region:' || region ELSE 'by-tutor:' || id END AS key
          FROM tutor WHERE id = %(tutor)s) AS tutor
"""


async def lock(connection: Connection, tutors: Sequence[uuid.UUID], *, region: str | None = None) -> None:
    """Change the time of these tutors one transaction at a time; with `region`, of all who depend on each other there.

    Who waited may find that a tutor has come to depend on others meanwhile; then that lock is taken too.
    """
    held: set[str] = set()
    while True:
        cursor = await connection.execute(KEYS, {"tutors": list(tutors)})
        keys = {row[0] for row in await cursor.fetchall()} | ({f"region:{region}"} if region else set())
        if keys <= held:
            return
        await connection.execute(LOCK, {"keys": sorted(keys - held)})
        held |= keys


# Holds that have run out give their time back here, in the transaction of whoever wants it next.
_TELL = """
    told AS (
        INSERT INTO transition (appointment_id, at, step, from_state, to_state, actor, caller, minutes_before)
        SELECT id, %(now)s, 'lapse', 'held', 'lapsed', 'clock', 'service:booking',
               floor(extract(epoch FROM starts - %(now)s) / 60) FROM lapsed)
    INSERT INTO event (type, subject, data, organisation_id, region)
    SELECT 'fi.vuoro.appointment.lapsed', id::text,
           jsonb_build_object('id', id, 'state', 'lapsed', 'sequence', sequence, 'start', starts, 'end', ends,
                              'channel', channel, 'topic', topic, 'region', region, 'tutor_id', tutor_id,
                              'offering_id', offering_id, 'organisation_id', organisation_id,
                              'service_point_id', service_point_id, 'result', NULL, 'by', 'clock'),
           organisation_id, region FROM lapsed
"""
LAPSED = f"""
    WITH gone AS (
        DELETE FROM claim WHERE session_id IN (
            SELECT session_id FROM claim
            WHERE resource_id = ANY (%(resources)s::uuid[]) AND expires IS NOT NULL AND expires <= %(now)s)
        RETURNING session_id, resource_id
    ), lapsed AS (
        UPDATE appointment SET state = 'lapsed', expires = NULL, sequence = sequence + 1
        WHERE state = 'held' AND (live_session, tutor_id) IN (SELECT session_id, resource_id FROM gone)
        RETURNING *
    ), {_TELL}
"""
LAPSED_SEATS = f"""
    WITH lapsed AS (
        UPDATE appointment SET state = 'lapsed', expires = NULL, sequence = sequence + 1
        WHERE state = 'held' AND expires <= %(now)s AND live_session = %(session)s RETURNING *
    ), {_TELL}
"""


@dataclass(frozen=True)
class Free:
    """A start that can be booked, as the free span tells it."""

    region: str
    organisation_id: uuid.UUID
    before_minutes: int
    after_minutes: int
    plain: bool
    key: str


FREE_AT = """
    SELECT s.region, t.organisation_id, s.before_minutes, s.after_minutes, s.plain,
           CASE WHEN t.pooled THEN 'region:' || t.region ELSE 'by-tutor:' || t.id END AS key
    FROM free_span s JOIN tutor t ON t.id = s.tutor_id
    WHERE s.tutor_id = %(tutor)s AND s.offering_id = %(offering)s AND s.channel = %(channel)s AND s.topic = %(topic)s
      AND s.service_point_id IS NOT DISTINCT FROM %(place)s AND s.duration_minutes = %(duration)s
      AND (s.channel <> 'home' OR s.municipality = %(municipality)s) AND NOT s.drop_in
      AND s.first_start <= %(start)s AND s.first_start > %(start)s - interval '26 hours' AND s.last_start >= %(start)s
      AND date_bin(make_interval(mins => s.step_minutes), %(start)s, s.first_start) = %(start)s
      AND %(start)s >= %(now)s + make_interval(mins => CASE WHEN %(at_any_notice)s THEN 0 ELSE s.notice_minutes END)
      AND s.free_from <= %(now)s
"""


def _of(slot: SlotKey, topic: str | None, now: dt.datetime, *, at_any_notice: bool = False) -> dict[str, Any]:
    """A slot as the statements about it name its parts."""
    return {
        "tutor": slot.tutor_id,
        "offering": slot.offering_id,
        "channel": slot.channel,
        "topic": topic,
        "place": slot.service_point_id,
        "municipality": slot.municipality,
        "duration": slot.duration,
        "start": slot.start,
        "now": now,
        "at_any_notice": at_any_notice,
    }


async def seems_free(connection: Connection, slot: SlotKey, topic: str, now: dt.datetime) -> bool:
    """Whether a slot can be booked, as far as can be seen without a lock."""
    if slot.tutor_id is None:
        return bool(await who_is_free(connection, slot, topic, now))
    return await (await connection.execute(FREE_AT, _of(slot, topic, now))).fetchone() is not None


async def lock_and_look(
    connection: Connection, slot: SlotKey, topic: str, now: dt.datetime, *, at_any_notice: bool = False
) -> Free | None:
    """Take the lock of the slot's tutor, let go what has run out, and see whether the slot can be booked now."""
    assert slot.tutor_id
    values = {**_of(slot, topic, now, at_any_notice=at_any_notice), "resources": [slot.tutor_id]}
    async with connection.pipeline():
        locked = await connection.execute(LOCK_ONE, values)
        await connection.execute(LAPSED, values)
        seen = connection.cursor(row_factory=class_row(Free))
        await seen.execute(FREE_AT, values)
        row, found = await locked.fetchone(), await seen.fetchone()
    if found is not None and row is not None and found.key != row[0]:
        await lock(connection, [slot.tutor_id])
        return await lock_and_look(connection, slot, topic, now, at_any_notice=at_any_notice)
    return found


CLAIM = """
    INSERT INTO claim (session_id, resource_id, busy, kind, expires)
    SELECT %(session)s, resource, tstzrange(%(start)s, %(end)s), kind, %(expires)s
    FROM unnest(%(resources)s::uuid[], %(kinds)s::text[]) AS wanted (resource, kind)
    ON CONFLICT DO NOTHING RETURNING resource_id
"""
RELEASE = "DELETE FROM claim WHERE session_id = %(session)s RETURNING resource_id, busy, kind"
KEEP = "UPDATE claim SET expires = %(expires)s WHERE session_id = %(session)s"


@dataclass(frozen=True)
class Resource:
    """A tutor, a room or a device that a session takes."""

    id: uuid.UUID
    kind: str


class Landed:
    """Whether a claim was accepted, told by the database when somebody asks."""

    def __init__(self, cursor: AsyncCursor[Any], wanted: int) -> None:
        self._cursor, self._wanted = cursor, wanted

    async def everywhere(self) -> bool:
        return len(await self._cursor.fetchall()) == self._wanted


async def claim(
    connection: Connection,
    session: uuid.UUID,
    busy: Interval,
    resources: Sequence[Resource],
    expires: dt.datetime | None,
) -> Landed:
    """Claim time of all these; what somebody else holds is left out, and `Landed` says so."""
    cursor = await connection.execute(
        CLAIM,
        {
            "session": session,
            "start": busy.start,
            "end": busy.end,
            "expires": expires,
            "resources": [resource.id for resource in resources],
            "kinds": [resource.kind for resource in resources],
        },
    )
    return Landed(cursor, len(resources))


async def release(connection: Connection, session: uuid.UUID) -> list[tuple[Resource, Interval]]:
    """Give back all the time of a session."""
    cursor = await connection.execute(RELEASE, {"session": session})
    return [
        (Resource(resource, kind), Interval(busy.lower, busy.upper)) for resource, busy, kind in await cursor.fetchall()
    ]


async def keep_until(connection: Connection, session: uuid.UUID, expires: dt.datetime | None) -> None:
    """A session's claims end by themselves then; with None, never."""
    await connection.execute(KEEP, {"session": session, "expires": expires})


async def let_lapsed_go(connection: Connection, resources: Sequence[uuid.UUID], now: dt.datetime) -> None:
    """End the holds that have run out on these."""
    await connection.execute(LAPSED, {"resources": list(resources), "now": now})


@dataclass(frozen=True)
class Facts:
    """What a refusal is explained by: whether a slot's parts fit together, and whether something takes its time."""

    topics: list[str]
    channels: list[str]
    durations: list[int]
    grid_minutes: int
    fits: bool
    collides: bool
    region: str | None
    municipality: str | None
    zone: str


FACTS = """
    SELECT o.topics, o.channels, o.duration_minutes || o.other_durations_minutes AS durations, o.grid_minutes,
           t.id IS NOT NULL AS fits,
           EXISTS (SELECT FROM claim WHERE resource_id = %(tutor)s AND (expires IS NULL OR expires > %(now)s)
                   AND busy && tstzrange(
                       %(start)s - make_interval(mins => o.buffer_before_minutes),
                       %(start)s + make_interval(mins => %(duration)s + o.buffer_after_minutes))) AS collides,
           coalesce(p.region, t.region) AS region, p.municipality, coalesce(own.zone, %(zone)s) AS zone
    FROM offering o
    LEFT JOIN LATERAL (SELECT id, region FROM tutor
                       WHERE organisation_id = o.organisation_id AND (%(tutor)s::uuid IS NULL OR id = %(tutor)s)
                       ORDER BY id LIMIT 1) AS t ON true
    LEFT JOIN tutor_time own ON own.tutor_id = %(tutor)s
    LEFT JOIN service_point p ON p.id = %(place)s
    WHERE o.id = %(offering)s
"""


async def facts(connection: Connection, slot: SlotKey, now: dt.datetime, zone: str) -> Facts | None:
    """What is known of a slot that is not free; None when there is no such offering."""
    values = {**_of(slot, None, now), "zone": zone}
    cursor = connection.cursor(row_factory=class_row(Facts))
    await cursor.execute(FACTS, values)
    return await cursor.fetchone()


@dataclass(frozen=True)
class Session:
    """A group session that stands at a slot, and which seats are taken."""

    session_id: uuid.UUID
    seats: list[int]
    expires: dt.datetime | None


SESSION = """
    SELECT c.session_id, array_agg(a.seat) AS seats, c.expires
    FROM claim c JOIN appointment a ON a.live_session = c.session_id AND (a.expires IS NULL OR a.expires > %(now)s)
    WHERE c.resource_id = %(tutor)s AND c.kind = 'tutor' AND a.starts = %(start)s AND a.offering_id = %(offering)s
      AND a.channel = %(channel)s AND a.service_point_id IS NOT DISTINCT FROM %(place)s
      AND a.ends = %(start)s + make_interval(mins => %(duration)s)
    GROUP BY c.session_id, c.expires
"""


async def session_at(connection: Connection, slot: SlotKey, now: dt.datetime) -> Session | None:
    """The session of several seats that stands at a slot."""
    cursor = connection.cursor(row_factory=class_row(Session))
    await cursor.execute(SESSION, _of(slot, None, now))
    return await cursor.fetchone()


async def let_seats_lapse(connection: Connection, session: uuid.UUID, now: dt.datetime) -> None:
    """End the holds of a session's seats that have run out."""
    await connection.execute(LAPSED_SEATS, {"session": session, "now": now})


# "In the last weeks": four back and, so that the busy are spared, four ahead; as a helper, too.
LOADS = """
    SELECT t.id, coalesce(sum(extract(epoch FROM upper(c.busy) - lower(c.busy)) / 60), 0)::integer
    FROM unnest(%(tutors)s::uuid[]) AS t (id) LEFT JOIN claim c ON c.resource_id = t.id
        AND c.busy && tstzrange(%(now)s - interval '28 days', %(now)s + interval '28 days')
    GROUP BY t.id
"""


async def loads(connection: Connection, tutors: Sequence[uuid.UUID], now: dt.datetime) -> list[Helper]:
    """How many minutes of visits each of these tutors has around now."""
    cursor = await connection.execute(LOADS, {"tutors": list(tutors), "now": now})
    return [Helper(tutor, minutes) for tutor, minutes in await cursor.fetchall()]


WHO_IS_FREE = """
    SELECT DISTINCT tutor_id FROM free_span
    WHERE (topic = %(topic)s OR (%(topic)s::text IS NULL AND lead)) AND offering_id = %(offering)s
      AND channel = %(channel)s AND duration_minutes = %(duration)s AND NOT drop_in
      AND service_point_id IS NOT DISTINCT FROM %(place)s
      AND (channel <> 'home' OR municipality = %(municipality)s)
      AND first_start <= %(start)s AND first_start > %(start)s - interval '26 hours' AND last_start >= %(start)s
      AND date_bin(make_interval(mins => step_minutes), %(start)s, first_start) = %(start)s
      AND free_from <= %(now)s
"""


async def who_is_free(connection: Connection, slot: SlotKey, topic: str | None, now: dt.datetime) -> list[uuid.UUID]:
    """The tutors who could take the slot, whatever its notice; for `topic`, or for any that the offering serves."""
    cursor = await connection.execute(WHO_IS_FREE, _of(slot, topic, now))
    return [row[0] for row in await cursor.fetchall()]


UNCLAIMED = """
    SELECT piece FROM unnest(%(pieces)s::uuid[]) WITH ORDINALITY AS each (piece, nth)
    WHERE NOT EXISTS (SELECT FROM claim WHERE resource_id = piece AND busy && %(busy)s) ORDER BY nth
"""


async def unclaimed(connection: Connection, resources: Sequence[uuid.UUID], busy: Interval) -> list[uuid.UUID]:
    """Which of these tutors, rooms or devices nobody has claimed then, in their order."""
    values = {"pieces": list(resources), "busy": Range(busy.start, busy.end)}
    return [row[0] for row in await (await connection.execute(UNCLAIMED, values)).fetchall()]


LIVE_SEATS = """
    SELECT expires FROM appointment
    WHERE live_session = %(session)s AND id <> %(but)s AND (expires IS NULL OR expires > %(now)s)
"""
PEOPLE = "SELECT resource_id FROM claim WHERE session_id = %(session)s AND kind <> 'equipment'"


async def live_seats(
    connection: Connection, session: uuid.UUID, *, but: uuid.UUID, now: dt.datetime
) -> list[dt.datetime | None]:
    """When each other seat of a session falls free by itself, if it does."""
    values = {"session": session, "but": but, "now": now}
    return [row[0] for row in await (await connection.execute(LIVE_SEATS, values)).fetchall()]


async def people_of(connection: Connection, session: uuid.UUID) -> list[uuid.UUID]:
    """The tutors whose time a session takes."""
    return [row[0] for row in await (await connection.execute(PEOPLE, {"session": session})).fetchall()]


async def region_of(connection: Connection, tutors: Sequence[uuid.UUID]) -> str | None:
    """The region of these tutors, who are all of one."""
    cursor = await connection.execute(
        "SELECT region FROM tutor WHERE id = ANY (%(ids)s::uuid[]) LIMIT 1", {"ids": list(tutors)}
    )
    row = await cursor.fetchone()
    return row[0] if row else None

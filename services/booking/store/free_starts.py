"""Looking at single starts: whether a slot is free, who could take it, and what a refusal is explained by."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TypedDict

from psycopg.rows import class_row

from services.booking.domain.slots import SlotKey
from services.booking.store.appointments import AppointmentRow
from services.booking.store.lapses import LAPSE
from services.booking.store.locks import KEY, LOCK_ONE, lock_tutors
from shared.db import Connection

# A span lies within one local date, which has 25 hours at most: one that began earlier cannot reach an instant. The
# bound lets the index on first_start be read from both ends.
LONGEST_SPAN = "interval '26 hours'"


def running_at(at: str) -> str:
    """Return the clause for spans that have begun by an instant and still run; `at` is an SQL expression."""
    return f"first_start <= {at} AND first_start > {at} - {LONGEST_SPAN} AND last_start >= {at}"


# The spans that have the slot `start` among their starts, and are not held by somebody else now.
HERE = f"""
    offering_id = %(offering)s AND channel = %(channel)s AND duration_minutes = %(duration)s AND NOT drop_in
    AND service_point_id IS NOT DISTINCT FROM %(place)s
    AND (channel <> 'home' OR span.municipality = %(municipality)s)
    AND {running_at("%(start)s")}
    AND date_bin(make_interval(mins => step_minutes), %(start)s, first_start) = %(start)s
    AND free_from <= %(now)s
"""


@dataclass(frozen=True)
class FreeStartRow:
    """A start that can be booked, as its free span has it; `key` is what its tutor's time is locked by."""

    region: str
    organisation_id: uuid.UUID
    before_minutes: int
    after_minutes: int
    plain: bool
    key: str


FREE_AT = f"""
    SELECT span.region, tutor.organisation_id, span.before_minutes, span.after_minutes, span.plain, {KEY} AS key
    FROM free_span span JOIN tutor ON tutor.id = span.tutor_id
    WHERE tutor_id = %(tutor)s AND topic = %(topic)s AND {HERE}
      AND %(start)s >= %(now)s + make_interval(mins => CASE WHEN %(at_any_notice)s THEN 0 ELSE notice_minutes END)
"""
WHO_IS_FREE = f"""
    SELECT DISTINCT tutor_id FROM free_span span
    WHERE (topic = %(topic)s OR (%(topic)s::text IS NULL AND lead)) AND {HERE}
"""


class SlotValues(TypedDict):
    """A slot as the statements about it name its parts."""

    tutor: uuid.UUID | None
    offering: uuid.UUID
    channel: str
    topic: str | None
    place: uuid.UUID | None
    municipality: str | None
    duration: int
    start: dt.datetime
    now: dt.datetime
    at_any_notice: bool


def slot_values(slot: SlotKey, topic: str | None, now: dt.datetime, *, at_any_notice: bool = False) -> SlotValues:
    """Return the parameters of a statement about a slot."""
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
    return await (await connection.execute(FREE_AT, slot_values(slot, topic, now))).fetchone() is not None


async def who_is_free(connection: Connection, slot: SlotKey, topic: str | None, now: dt.datetime) -> list[uuid.UUID]:
    """Return the tutors who could take a slot, whatever its notice; for `topic`, or with None for any that the offering
    serves."""
    cursor = await connection.execute(WHO_IS_FREE, slot_values(slot, topic, now))
    return [row[0] for row in await cursor.fetchall()]


async def lock_and_look(
    connection: Connection, slot: SlotKey, topic: str, now: dt.datetime, *, at_any_notice: bool = False
) -> tuple[FreeStartRow | None, list[AppointmentRow]]:
    """Take the lock of a slot's tutor, end the holds that have run out, and look whether the slot can be booked now.

    Return what its span says, or None when it is not free; and the holds that lapsed, which the caller records.
    """
    assert slot.tutor_id
    values = {**slot_values(slot, topic, now, at_any_notice=at_any_notice), "resources": [slot.tutor_id]}
    async with connection.pipeline():  # one round trip for the three, which are read once it has ended
        locked = await connection.execute(LOCK_ONE, values)
        ended = connection.cursor(row_factory=class_row(AppointmentRow))
        await ended.execute(LAPSE, values)
        seen = connection.cursor(row_factory=class_row(FreeStartRow))
        await seen.execute(FREE_AT, values)
    row, lapsed, found = await locked.fetchone(), await ended.fetchall(), await seen.fetchone()
    if found is not None and row is not None and found.key != row[0]:
        # While we waited, the tutor has come to depend on others, or no longer does.
        await lock_tutors(connection, [slot.tutor_id])
        found, more = await lock_and_look(connection, slot, topic, now, at_any_notice=at_any_notice)
        lapsed += more
    return found, lapsed


@dataclass(frozen=True)
class SlotFacts:
    """What a refusal is explained by: whether a slot's parts fit together, and whether a claim takes its time."""

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


async def facts(connection: Connection, slot: SlotKey, now: dt.datetime, zone: str) -> SlotFacts | None:
    """Return what is known of a slot that is not free; None when there is no such offering."""
    cursor = connection.cursor(row_factory=class_row(SlotFacts))
    await cursor.execute(FACTS, {**slot_values(slot, None, now), "zone": zone})
    return await cursor.fetchone()

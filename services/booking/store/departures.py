"""What is still to come with a tutor or at a service point, and what is left behind when they go."""

import datetime as dt
import uuid
from dataclasses import dataclass

from psycopg.rows import class_row

from shared.db import Connection

TO_COME_SHOWN = 100
HAD_SHOWN = 1000


@dataclass(frozen=True)
class VisitTime:
    """When an appointment is, without its citizen."""

    id: uuid.UUID
    starts: dt.datetime
    ends: dt.datetime


# Visits that a tutor gives as one of several count, too. Dates are those of the tutor's zone.
TO_COME = """
    SELECT a.id, a.starts, a.ends
    FROM appointment a LEFT JOIN tutor_time own ON own.tutor_id = %(tutor)s
    WHERE a.state = 'booked' AND a.ends > %(now)s
      AND (%(tutor)s::uuid IS NULL OR a.tutor_id = %(tutor)s
           OR a.session_id IN (SELECT session_id FROM claim WHERE resource_id = %(tutor)s))
      AND (%(service_point)s::uuid IS NULL OR a.service_point_id = %(service_point)s)
      AND ((%(before)s::date IS NULL AND %(after)s::date IS NULL)
           OR (a.starts AT TIME ZONE coalesce(own.zone, %(zone)s))::date < %(before)s
           OR (a.starts AT TIME ZONE coalesce(own.zone, %(zone)s))::date > %(after)s)
    ORDER BY a.starts LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Leaver:
    """A tutor or a service point of whom visits are asked: all, or those outside a period of dates."""

    tutor: uuid.UUID | None = None
    service_point: uuid.UUID | None = None
    before: dt.date | None = None
    after: dt.date | None = None


async def to_come(connection: Connection, leaver: Leaver, now: dt.datetime, zone: str) -> list[VisitTime]:
    """Return the next appointments with a tutor, or at a service point: a hundred at most. With `before` or `after`,
    only those on local dates before the one or after the other."""
    cursor = connection.cursor(row_factory=class_row(VisitTime))
    values = {**leaver.__dict__, "now": now, "zone": zone, "limit": TO_COME_SHOWN}
    await cursor.execute(TO_COME, values)
    return await cursor.fetchall()


HAD = "SELECT id, starts, ends FROM appointment WHERE tutor_id = %(tutor)s ORDER BY starts DESC LIMIT %(limit)s"


async def had(connection: Connection, tutor: uuid.UUID) -> list[VisitTime]:
    """Return a tutor's appointments, past and to come, the latest first: a thousand at most."""
    cursor = connection.cursor(row_factory=class_row(VisitTime))
    await cursor.execute(HAD, {"tutor": tutor, "limit": HAD_SHOWN})
    return await cursor.fetchall()


WITHOUT_TUTOR = """
    SELECT id, starts, ends, tutor_id FROM appointment a
    WHERE state = 'booked' AND ends > %(now)s AND NOT EXISTS (SELECT FROM tutor t WHERE t.id = a.tutor_id)
    ORDER BY starts
"""


@dataclass(frozen=True)
class WithoutTutor(VisitTime):
    """An appointment whose tutor the registry does not have."""

    tutor_id: uuid.UUID


async def without_tutor(connection: Connection, now: dt.datetime) -> list[WithoutTutor]:
    """Return the appointments to come whose tutor there is no copy of."""
    cursor = connection.cursor(row_factory=class_row(WithoutTutor))
    await cursor.execute(WITHOUT_TUTOR, {"now": now})
    return await cursor.fetchall()


# A period without one of its ends is not left on that side.
LEFT_BY_TUTOR = """
    SELECT a.id FROM appointment a JOIN tutor t ON t.id = a.tutor_id LEFT JOIN tutor_time own ON own.tutor_id = t.id
    WHERE a.tutor_id = %(tutor)s AND a.state = 'booked' AND a.starts > %(now)s
      AND (t.ended OR (a.starts AT TIME ZONE coalesce(own.zone, %(zone)s))::date < t.active_from
           OR (a.starts AT TIME ZONE coalesce(own.zone, %(zone)s))::date > t.active_until)
    ORDER BY a.starts
"""
LEFT_AT_POINT = """
    SELECT a.id FROM appointment a JOIN service_point p ON p.id = a.service_point_id
    WHERE a.service_point_id = %(point)s AND NOT p.active AND a.state = 'booked' AND a.starts > %(now)s
    ORDER BY a.starts
"""


async def left_by_tutor(connection: Connection, tutor: uuid.UUID, now: dt.datetime, zone: str) -> list[uuid.UUID]:
    """Return the appointments to come with a tutor who has ended, or does not help on their dates any more."""
    cursor = await connection.execute(LEFT_BY_TUTOR, {"tutor": tutor, "now": now, "zone": zone})
    return [row[0] for row in await cursor.fetchall()]


async def left_at_point(connection: Connection, point: uuid.UUID, now: dt.datetime) -> list[uuid.UUID]:
    """Return the appointments to come at a service point that has shut."""
    cursor = await connection.execute(LEFT_AT_POINT, {"point": point, "now": now})
    return [row[0] for row in await cursor.fetchall()]

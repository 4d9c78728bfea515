"""Who might help whoever waits: the tutors who give a topic by a channel, and how they stand to an area."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg.rows import class_row

from services.booking.domain.waitlist import Prospect
from services.booking.store.consents import WITHDRAWN_FROM_TUTOR
from shared.db import Connection
from shared.schemas.common import REMOTE, Channel


@dataclass(frozen=True)
class Waited:
    """What somebody would wait for, and where: at one service point, else in these municipalities; from afar, in the
    region."""

    topic: str
    channel: Channel
    region: str
    municipalities: Sequence[str]
    point: uuid.UUID | None = None


# `t` is a tutor and `o` an offering of their organisation, here and in what the holes are filled with.
HOURS = """
    (EXISTS (SELECT FROM availability hours WHERE hours.tutor_id = t.id AND coalesce(hours.last_on >= %(today)s, true)
             {there})
     OR EXISTS (SELECT FROM extra_time hours WHERE hours.tutor_id = t.id AND hours.ends > %(now)s {there}))
"""
FOR_THIS = "AND %(channel)s = ANY (hours.channels) AND coalesce(o.id = ANY (hours.offerings), true)"
PLACES = """
    SELECT {column} FROM service_point WHERE active
      AND CASE WHEN %(point)s::uuid IS NULL THEN municipality = ANY (%(municipalities)s) ELSE id = %(point)s END
"""
THERE = f"""
    {FOR_THIS} AND hours.service_point_id IN ({PLACES.format(column="id")})
    AND hours.service_point_id <> ALL (ARRAY({WITHDRAWN_FROM_TUTOR}))
"""
PROSPECTS = """
    SELECT DISTINCT {is_own} AS is_own, {hours_there} AS has_hours_there, {hours} AS has_hours
    FROM tutor t JOIN offering o ON o.organisation_id = t.organisation_id AND o.active
    WHERE t.active AND coalesce(t.active_until >= %(today)s, true)
      AND %(topic)s = ANY (t.topics) AND %(topic)s = ANY (o.topics)
      AND %(channel)s = ANY (t.channels) AND %(channel)s = ANY (o.channels) AND {nearby}
"""
OF_A_PLACE = f"t.organisation_id IN ({PLACES.format(column='organisation_id')} AND organisation_id IS NOT NULL)"
WITH_TIME_THERE = f"""
    t.id IN (SELECT tutor_id FROM availability WHERE service_point_id IN ({PLACES.format(column="id")})
             UNION SELECT tutor_id FROM extra_time WHERE service_point_id IN ({PLACES.format(column="id")}))
"""
ON_SITE = PROSPECTS.format(
    is_own=OF_A_PLACE,
    hours_there=HOURS.format(there=THERE),
    hours=HOURS.format(there=""),
    nearby=f"({OF_A_PLACE} OR {WITH_TIME_THERE})",
)
FROM_AFAR = PROSPECTS.format(
    is_own="true",
    hours_there=HOURS.format(there=FOR_THIS),
    hours=HOURS.format(there=""),
    nearby="t.region = %(region)s",
)


async def prospects(connection: Connection, wanted: Waited, *, now: dt.datetime, today: dt.date) -> list[Prospect]:
    """Return how those who give what is waited for stand to the area, each way once."""
    cursor = connection.cursor(row_factory=class_row(Prospect))
    statement = FROM_AFAR if wanted.channel in REMOTE else ON_SITE
    values = vars(wanted) | {"municipalities": list(wanted.municipalities), "now": now, "today": today}
    await cursor.execute(statement, values)
    return await cursor.fetchall()

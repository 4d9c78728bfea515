"""Tutors' calendar subscriptions, and the visits that stand in them."""

import datetime as dt
import uuid
from dataclasses import dataclass

from psycopg.rows import class_row

from services.booking.domain.states import State
from shared.db import Connection
from shared.languages import Language


@dataclass(frozen=True)
class SubscriptionRow:
    """A tutor's calendar subscription. Whether it shows code words depends on who made it."""

    tutor_id: uuid.UUID
    id: uuid.UUID
    secret_hash: bytes
    made_at: dt.datetime
    made_by: str
    language: Language
    code_words: bool


COLUMNS = ", ".join(SubscriptionRow.__dataclass_fields__)
VALUES = ", ".join(f"%({name})s" for name in SubscriptionRow.__dataclass_fields__)
SETS = ", ".join(f"{name} = excluded.{name}" for name in SubscriptionRow.__dataclass_fields__ if name != "tutor_id")
PUT = f"""
    INSERT INTO calendar_subscription ({COLUMNS}) VALUES ({VALUES}) ON CONFLICT (tutor_id) DO UPDATE SET {SETS}
"""
OF_TUTOR = f"SELECT {COLUMNS} FROM calendar_subscription WHERE tutor_id = %(key)s"
BY_ID = f"SELECT {COLUMNS} FROM calendar_subscription WHERE id = %(key)s"
# Of who has ended, nothing is shown any more.
BY_SECRET = f"""
    SELECT {COLUMNS} FROM calendar_subscription
    WHERE secret_hash = %(key)s AND EXISTS (SELECT FROM tutor WHERE id = tutor_id AND NOT ended)
"""
REMOVE = "DELETE FROM calendar_subscription WHERE tutor_id = %(tutor)s"
REMOVE_MADE_BY = "DELETE FROM calendar_subscription WHERE made_by = %(maker)s AND made_at < %(before)s"


async def put(connection: Connection, row: SubscriptionRow) -> None:
    """Keep a tutor's subscription, instead of one that they had."""
    await connection.execute(PUT, vars(row))


async def of_tutor(connection: Connection, tutor: uuid.UUID) -> SubscriptionRow | None:
    """Return a tutor's subscription; None when they have none."""
    return await _one_subscription(connection, OF_TUTOR, tutor)


async def by_id(connection: Connection, subscription: uuid.UUID) -> SubscriptionRow | None:
    """Return the subscription with this id; None when it was renewed or ended."""
    return await _one_subscription(connection, BY_ID, subscription)


async def by_secret(connection: Connection, secret_hash: bytes) -> SubscriptionRow | None:
    """Return the subscription whose secret has this hash; None when nothing is read there any more, or ever was."""
    return await _one_subscription(connection, BY_SECRET, secret_hash)


async def _one_subscription(connection: Connection, statement: str, key: uuid.UUID | bytes) -> SubscriptionRow | None:
    cursor = connection.cursor(row_factory=class_row(SubscriptionRow))
    await cursor.execute(statement, {"key": key})
    return await cursor.fetchone()


async def remove(connection: Connection, tutor: uuid.UUID) -> None:
    """End a tutor's subscription."""
    await connection.execute(REMOVE, {"tutor": tutor})


async def remove_made_by(connection: Connection, maker: str, before: dt.datetime) -> None:
    """End the subscriptions that somebody made before then, whose access was taken away."""
    await connection.execute(REMOVE_MADE_BY, {"maker": maker, "before": before})


@dataclass(frozen=True)
class VisitShown:
    """A visit as it stands in the calendar: nothing of its citizen but the code word, and that for their tutor alone,
    not for a colleague who comes along."""

    id: uuid.UUID
    starts: dt.datetime
    ends: dt.datetime
    state: State
    sequence: int
    channel: str
    topic: str
    place_name: dict[str, str] | None
    place_address: str | None
    place_address_sv: str | None
    code_word: str | None
    changed_at: dt.datetime


# A time that was held and given back is cancelled, too, but was nobody's visit.
VISITS = """
    SELECT a.id, a.starts, a.ends, a.state, a.sequence, a.channel, a.topic, p.name AS place_name,
           p.address AS place_address, p.address_sv AS place_address_sv,
           CASE WHEN a.tutor_id = %(tutor)s THEN c.code_word END AS code_word, changed_at
    FROM appointment a
    JOIN LATERAL (SELECT max(at) AS changed_at, bool_or(step = 'book') AS was_booked FROM transition
                  WHERE appointment_id = a.id) history ON was_booked
    LEFT JOIN service_point p ON p.id = a.service_point_id LEFT JOIN citizen c ON c.appointment_id = a.id
    WHERE a.id IN (SELECT id FROM appointment WHERE tutor_id = %(tutor)s AND starts >= %(since)s
                   UNION SELECT together.id FROM claim JOIN appointment together ON live_session = claim.session_id
                   WHERE resource_id = %(tutor)s AND starts >= %(since)s)
      AND (a.state IN ('booked', 'attended', 'no_show')
           OR (a.state IN ('displaced', 'cancelled') AND changed_at >= %(cancelled_since)s))
    ORDER BY a.starts, a.id
"""


async def visits(
    connection: Connection, tutor: uuid.UUID, since: dt.datetime, cancelled_since: dt.datetime
) -> list[VisitShown]:
    """Return a tutor's visits that begin at or after `since`, in order of time, those of several tutors among them;
    those that were cancelled as long as that was at or after `cancelled_since`."""
    cursor = connection.cursor(row_factory=class_row(VisitShown))
    await cursor.execute(VISITS, {"tutor": tutor, "since": since, "cancelled_since": cancelled_since})
    return await cursor.fetchall()

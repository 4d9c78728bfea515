"""Feedback: answers that stay, and what was written, which goes with the citizen."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from psycopg.rows import class_row

from services.booking.store.shown import REACHED, SeenBy
from shared.db import Connection


@dataclass(frozen=True)
class FeedbackRow:
    """What was said of a visit, with what is known of the visit without its citizen."""

    appointment_id: uuid.UUID
    given_at: dt.datetime
    met_need: int
    recommends: bool
    words: str | None
    answer: str | None
    answered_at: dt.datetime | None
    region: str
    organisation_id: uuid.UUID
    service_point_id: uuid.UUID | None
    tutor_id: uuid.UUID
    channel: str
    topic: str
    starts: dt.datetime
    non_disclosure: bool


SELECT = """
    SELECT f.appointment_id, f.given_at, f.met_need, f.recommends, t.words, t.answer, t.answered_at, a.region,
           a.organisation_id, a.service_point_id, a.tutor_id, a.channel, a.topic, a.starts,
           coalesce(c.non_disclosure, false) AS non_disclosure
    FROM feedback f JOIN appointment a ON a.id = f.appointment_id
         LEFT JOIN feedback_text t ON t.appointment_id = a.id LEFT JOIN citizen c ON c.appointment_id = a.id
         LEFT JOIN service_point p ON p.id = a.service_point_id
"""
OF_ONE = f"{SELECT} WHERE f.appointment_id = %(id)s"
NEWEST = f"""
    {SELECT}
    WHERE a.region = %(region)s AND {REACHED}
      AND (%(after_id)s::uuid IS NULL OR (f.given_at, f.appointment_id) < (%(after_at)s::timestamptz, %(after_id)s))
      AND (%(answered)s::boolean IS NULL OR (t.answer IS NOT NULL) = %(answered)s)
    ORDER BY f.given_at DESC, f.appointment_id DESC LIMIT %(limit)s
"""
SAY = """
    INSERT INTO feedback (appointment_id, given_at, met_need, recommends)
    VALUES (%(id)s, %(at)s, %(met_need)s, %(recommends)s)
    ON CONFLICT (appointment_id) DO UPDATE
    SET given_at = excluded.given_at, met_need = excluded.met_need, recommends = excluded.recommends
"""
WRITE = """
    INSERT INTO feedback_text (appointment_id, words) VALUES (%(id)s, %(words)s)
    ON CONFLICT (appointment_id) DO UPDATE SET words = excluded.words
"""
ANSWER = """
    INSERT INTO feedback_text (appointment_id, answer, answered_at, answered_by)
    VALUES (%(id)s, %(answer)s, %(at)s, %(by)s)
    ON CONFLICT (appointment_id) DO UPDATE
    SET answer = excluded.answer, answered_at = excluded.answered_at, answered_by = excluded.answered_by
"""


async def of_one(connection: Connection, appointment: uuid.UUID) -> FeedbackRow | None:
    """Return what was said of a visit; None when nothing was."""
    cursor = connection.cursor(row_factory=class_row(FeedbackRow))
    await cursor.execute(OF_ONE, {"id": appointment})
    return await cursor.fetchone()


async def newest(
    connection: Connection,
    seen_by: SeenBy,
    *,
    answered: bool | None,
    after: tuple[dt.datetime, uuid.UUID] | None,
    limit: int,
) -> list[FeedbackRow]:
    """Return what was said of the visits that somebody reaches, newest first, what follows the instant and id of
    `after`; with `answered`, only what has an answer, or has none."""
    values = {
        **seen_by.values(),
        "answered": answered,
        "after_at": after[0] if after else None,
        "after_id": after[1] if after else None,
        "limit": limit,
    }
    cursor = connection.cursor(row_factory=class_row(FeedbackRow))
    await cursor.execute(NEWEST, values)
    return await cursor.fetchall()


async def write(connection: Connection, appointment: uuid.UUID, said: Mapping[str, object], at: dt.datetime) -> None:
    """Keep what a visit's citizen says of it, in place of what they said before; an answer to that stays."""
    values = {**said, "id": appointment, "at": at}
    await connection.execute(SAY, values)
    await connection.execute(WRITE, values)


async def write_answer(connection: Connection, appointment: uuid.UUID, text: str, by: str, at: dt.datetime) -> None:
    """Keep what the organisation answers, in place of what it answered before."""
    await connection.execute(ANSWER, {"id": appointment, "answer": text, "by": by, "at": at})

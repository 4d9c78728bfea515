"""Holds that have run out: they give their time back in the transaction of whoever wants it next, or of the worker."""

import datetime as dt
import uuid
from collections.abc import Sequence

from psycopg.rows import class_row

from services.booking.store.appointments import COLUMNS, AppointmentRow
from shared.db import Connection

LAPSE = f"""
    WITH gone AS (
        DELETE FROM claim WHERE session_id IN (
            SELECT session_id FROM claim
            WHERE resource_id = ANY (%(resources)s::uuid[]) AND expires IS NOT NULL AND expires <= %(now)s)
        RETURNING session_id, resource_id
    )
    UPDATE appointment SET state = 'lapsed', expires = NULL, sequence = sequence + 1
    WHERE state = 'held' AND (live_session, tutor_id) IN (SELECT session_id, resource_id FROM gone)
    RETURNING {COLUMNS}
"""
LAPSE_SEATS = f"""
    UPDATE appointment SET state = 'lapsed', expires = NULL, sequence = sequence + 1
    WHERE state = 'held' AND expires <= %(now)s AND live_session = %(visit)s
    RETURNING {COLUMNS}
"""
RUN_OUT = """
    SELECT DISTINCT resource_id FROM claim
    WHERE expires IS NOT NULL AND expires <= %(now)s AND kind <> 'equipment' LIMIT 500
"""


async def lapse(connection: Connection, resources: Sequence[uuid.UUID], now: dt.datetime) -> list[AppointmentRow]:
    """End the visits on these resources that were only held and have run out. Return the holds that lapsed; the caller
    records and emits them."""
    cursor = connection.cursor(row_factory=class_row(AppointmentRow))
    await cursor.execute(LAPSE, {"resources": list(resources), "now": now})
    return await cursor.fetchall()


async def lapse_seats(connection: Connection, visit: uuid.UUID, now: dt.datetime) -> list[AppointmentRow]:
    """End the holds of a visit's seats that have run out. Return them; the caller records and emits them."""
    cursor = connection.cursor(row_factory=class_row(AppointmentRow))
    await cursor.execute(LAPSE_SEATS, {"visit": visit, "now": now})
    return await cursor.fetchall()


async def run_out(connection: Connection, now: dt.datetime) -> list[uuid.UUID]:
    """Return the tutors of whom time is held that has run out."""
    return [row[0] for row in await (await connection.execute(RUN_OUT, {"now": now})).fetchall()]

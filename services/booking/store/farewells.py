"""Farewells: whom to tell last, when somebody was erased before their visit."""

import datetime as dt
import uuid
from dataclasses import dataclass

from psycopg.rows import class_row

from shared.db import Connection


@dataclass(frozen=True)
class Farewell:
    """How to reach somebody who was erased."""

    language: str
    phone: str | None
    email: str | None
    non_disclosure: bool


KEEP = """
    INSERT INTO farewell (appointment_id, language, phone, email, non_disclosure, until)
    SELECT appointment_id, language, phone, email, non_disclosure, %(until)s FROM citizen WHERE appointment_id = %(id)s
"""
GET = "SELECT language, phone, email, non_disclosure FROM farewell WHERE appointment_id = %(id)s"
FORGET = "DELETE FROM farewell WHERE until <= %(now)s"


async def keep(connection: Connection, appointment: uuid.UUID, until: dt.datetime) -> None:
    """Keep the contacts of an appointment's citizen, who is about to be erased, until then."""
    await connection.execute(KEEP, {"id": appointment, "until": until})


async def get(connection: Connection, appointment: uuid.UUID) -> Farewell | None:
    """Return how to reach the erased citizen of an appointment; None when that is forgotten, too."""
    cursor = connection.cursor(row_factory=class_row(Farewell))
    await cursor.execute(GET, {"id": appointment})
    return await cursor.fetchone()


async def forget(connection: Connection, now: dt.datetime) -> None:
    """Delete those whose time is over."""
    await connection.execute(FORGET, {"now": now})

"""Former contacts: how somebody was reached until that was replaced, as long as they must be told of it."""

import datetime as dt
import uuid
from dataclasses import dataclass

from psycopg.rows import class_row

from shared.db import Connection


@dataclass(frozen=True)
class FormerContact:
    """A way to reach a citizen that is theirs no more, or never was."""

    language: str
    phone: str | None
    email: str | None


KEEP = """
    INSERT INTO former_contact (appointment_id, language, phone, email, until)
    VALUES (%(id)s, %(language)s, %(phone)s, %(email)s, %(until)s)
    ON CONFLICT (appointment_id) DO UPDATE
    SET language = excluded.language, phone = excluded.phone, email = excluded.email, until = excluded.until
"""
GET = "SELECT language, phone, email FROM former_contact WHERE appointment_id = %(id)s"
FORGET = "DELETE FROM former_contact WHERE until <= %(now)s"


async def keep(connection: Connection, appointment: uuid.UUID, former: FormerContact, until: dt.datetime) -> None:
    """Keep the former contact of an appointment's citizen until then; the latest alone."""
    await connection.execute(KEEP, {"id": appointment, "until": until, **vars(former)})


async def get(connection: Connection, appointment: uuid.UUID) -> FormerContact | None:
    """Return the former contact of an appointment's citizen; None when there is none, or it is forgotten."""
    cursor = connection.cursor(row_factory=class_row(FormerContact))
    await cursor.execute(GET, {"id": appointment})
    return await cursor.fetchone()


async def forget(connection: Connection, now: dt.datetime) -> None:
    """Delete those whose time is over."""
    await connection.execute(FORGET, {"now": now})

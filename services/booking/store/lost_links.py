"""Links that citizens have asked for again, and whose they are."""

import datetime as dt
import uuid
from dataclasses import dataclass

from psycopg.rows import class_row

from shared.db import Connection, value_of


@dataclass(frozen=True)
class LostLinkRow:
    """That somebody asked, and by which of the two they are reached."""

    id: uuid.UUID
    phone: str | None
    email: str | None
    until: dt.datetime
    opened: bool

    @property
    def contact(self) -> str:
        """The phone number or the e-mail address."""
        return self.phone or self.email or ""


COLUMNS = ", ".join(LostLinkRow.__dataclass_fields__)
INSERT = f"INSERT INTO lost_link ({COLUMNS}) VALUES (%(id)s, %(phone)s, %(email)s, %(until)s, %(opened)s)"
GET = f"SELECT {COLUMNS} FROM lost_link WHERE id = %(id)s AND until > %(now)s"
LOCK = f"{GET} FOR UPDATE"
COUNT_TRY = """
    UPDATE lost_link SET tries = tries + 1
    WHERE id = %(id)s AND until > %(now)s AND tries < %(most)s
    RETURNING true
"""
OPEN = "UPDATE lost_link SET opened = true WHERE id = %(id)s"
FORGET = "DELETE FROM lost_link WHERE until <= %(now)s"


async def insert(connection: Connection, row: LostLinkRow) -> None:
    """Keep that somebody asked."""
    await connection.execute(INSERT, vars(row))


async def get(connection: Connection, lost_link: uuid.UUID, now: dt.datetime) -> LostLinkRow | None:
    """Return what was asked under this id; None when that is over, or never was."""
    return await _one(connection, GET, lost_link, now)


async def lock(connection: Connection, lost_link: uuid.UUID, now: dt.datetime) -> LostLinkRow | None:
    """Lock it, and return it as it is then."""
    return await _one(connection, LOCK, lost_link, now)


async def _one(connection: Connection, statement: str, lost_link: uuid.UUID, now: dt.datetime) -> LostLinkRow | None:
    cursor = connection.cursor(row_factory=class_row(LostLinkRow))
    await cursor.execute(statement, {"id": lost_link, "now": now})
    return await cursor.fetchone()


async def count_try(connection: Connection, lost_link: uuid.UUID, now: dt.datetime, most: int) -> bool:
    """Count that a code is typed; return whether it may be the right one: not after so many."""
    return bool(await value_of(connection, COUNT_TRY, {"id": lost_link, "now": now, "most": most}))


async def note_opened(connection: Connection, lost_link: uuid.UUID) -> None:
    """Note that the code was used."""
    await connection.execute(OPEN, {"id": lost_link})


async def forget(connection: Connection, now: dt.datetime) -> None:
    """Delete those whose time is over."""
    await connection.execute(FORGET, {"now": now})


# Who has lost their time may choose another at any moment; so theirs is to come, whenever it was.
APPOINTMENTS = """
    SELECT a.id FROM citizen c JOIN appointment a ON a.id = c.appointment_id
    WHERE (c.phone = %(phone)s OR lower(c.email) = lower(%(email)s))
      AND (a.state = 'displaced' OR a.state = 'booked' AND a.ends > %(now)s OR a.state = 'held' AND a.expires > %(now)s)
    ORDER BY a.starts, a.id LIMIT %(most)s
"""
ENTRIES = """
    SELECT entry.id FROM waiting_citizen c JOIN waiting entry ON entry.id = c.waiting_id
    WHERE (c.phone = %(phone)s OR lower(c.email) = lower(%(email)s))
      AND entry.state IN ('waiting', 'offered') AND entry.until > %(now)s
    ORDER BY entry.asked_at, entry.id LIMIT %(most)s
"""


async def appointments_of(connection: Connection, row: LostLinkRow, now: dt.datetime, most: int) -> list[uuid.UUID]:
    """Return the next appointments that are to come of whoever is reached there."""
    return await _ids(connection, APPOINTMENTS, row, now, most)


async def entries_of(connection: Connection, row: LostLinkRow, now: dt.datetime, most: int) -> list[uuid.UUID]:
    """Return their open waitlist entries, oldest first."""
    return await _ids(connection, ENTRIES, row, now, most)


async def _ids(
    connection: Connection, statement: str, row: LostLinkRow, now: dt.datetime, most: int
) -> list[uuid.UUID]:
    values = {"phone": row.phone, "email": row.email, "now": now, "most": most}
    return [found[0] for found in await (await connection.execute(statement, values)).fetchall()]

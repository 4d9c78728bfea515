"""Former contacts: how somebody was reached until that was replaced, as long as they must be told of it."""

import datetime as dt
import uuid
from dataclasses import dataclass

from psycopg.rows import class_row

from shared.db import Connection, new_id


@dataclass(frozen=True)
class FormerContact:
    """A way to reach a citizen that is theirs no more, or never was."""

    language: str
    phone: str | None
    email: str | None


KEEP = """
    INSERT INTO replaced_contact (id, language, phone, email, until)
    VALUES (%(id)s, %(language)s, %(phone)s, %(email)s, %(until)s)
"""
# The version before has kept the latest of each appointment, and asks by that.
GET = """
    SELECT language, phone, email FROM replaced_contact WHERE id = %(id)s
    UNION ALL SELECT language, phone, email FROM former_contact WHERE appointment_id = %(id)s
"""
FORGET = "DELETE FROM replaced_contact WHERE until <= %(now)s"
FORGET_OLD = "DELETE FROM former_contact WHERE until <= %(now)s"


async def keep(connection: Connection, former: FormerContact, until: dt.datetime) -> uuid.UUID:
    """Keep a citizen's former contact until then; return by which id it is found."""
    made = new_id()
    await connection.execute(KEEP, {"id": made, "until": until, **vars(former)})
    return made


async def get(connection: Connection, former: uuid.UUID) -> FormerContact | None:
    """Return a former contact; None when there is none, or it is forgotten."""
    cursor = connection.cursor(row_factory=class_row(FormerContact))
    await cursor.execute(GET, {"id": former})
    return await cursor.fetchone()


async def forget(connection: Connection, now: dt.datetime) -> None:
    """Delete those whose time is over."""
    for statement in (FORGET, FORGET_OLD):
        await connection.execute(statement, {"now": now})

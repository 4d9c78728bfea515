"""The call list: changes of appointments that their citizens do not know of, and who has told them."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import NamedTuple

from psycopg.rows import args_row

from services.booking.domain.calls import Change
from services.booking.store.shown import SEEN, SeenBy
from shared.db import Connection

# Of what has changed before, nobody needs to be told any more.
SETTLE = "DELETE FROM telling WHERE appointment_id = %(id)s AND told_at IS NULL"
# Who has an e-mail address is sent it. What they have not been told of yet leaves them with the time of before that.
NOTE = f"""
    WITH untold AS ({SETTLE} RETURNING was)
    INSERT INTO telling (appointment_id, sequence, change, was, starts)
    SELECT %(id)s, %(sequence)s, %(change)s, coalesce((SELECT min(was) FROM untold), %(was)s), %(starts)s
    FROM citizen WHERE appointment_id = %(id)s AND email IS NULL
"""
TELL = "UPDATE telling SET told_at = %(at)s, told_by = %(by)s WHERE appointment_id = %(id)s AND told_at IS NULL"
# With an end, and by one citizen at a time, the one plan that is made for whatever day expects few of many, and reads
# them by their indexes.
UNTOLD = f"""
    SELECT t.appointment_id, t.change, t.was, a.region, c.phone
    FROM telling t JOIN appointment a ON a.id = t.appointment_id
         CROSS JOIN LATERAL (SELECT phone, email FROM citizen WHERE appointment_id = a.id LIMIT 1) AS c
         LEFT JOIN service_point p ON p.id = a.service_point_id
    WHERE t.told_at IS NULL AND t.starts >= %(since)s AND t.starts < 'infinity'
      AND a.state IN ('booked', 'displaced', 'cancelled') AND c.email IS NULL
      AND {SEEN}
    ORDER BY least(t.was, t.starts), t.appointment_id LIMIT %(limit)s
"""


async def settle(connection: Connection, appointment: uuid.UUID) -> None:
    """Take what nobody has told of an appointment off the list: its citizen knows how it stands."""
    await connection.execute(SETTLE, {"id": appointment})


@dataclass(frozen=True)
class Changed:
    """How an appointment was changed: when it began before and begins now, and its sequence then."""

    id: uuid.UUID
    sequence: int
    change: Change
    was: dt.datetime
    starts: dt.datetime


async def note(connection: Connection, changed: Changed) -> None:
    """Put a change onto the list, unless its citizen has an e-mail address."""
    await connection.execute(NOTE, vars(changed))


async def tell(connection: Connection, appointment: uuid.UUID, by: str, at: dt.datetime) -> None:
    """Keep who has told a citizen of what has changed."""
    await connection.execute(TELL, {"id": appointment, "by": by, "at": at})


class Untold(NamedTuple):
    """A change that its citizen does not know of, whose region it is in, and their number."""

    appointment: uuid.UUID
    change: Change
    was: dt.datetime
    region: str
    phone: str | None


async def untold(connection: Connection, seen_by: SeenBy, *, since: dt.datetime, limit: int) -> list[Untold]:
    """Return the changes of appointments from `since` on that somebody may see and nobody has told of, what is first
    to come first."""
    cursor = connection.cursor(row_factory=args_row(Untold))
    await cursor.execute(UNTOLD, {**seen_by.values(), "since": since, "limit": limit})
    return await cursor.fetchall()

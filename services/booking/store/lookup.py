"""Finding the appointments of somebody by what they say of themself."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from services.booking.store.shown import REACHED, SeenBy
from shared.db import Connection

# Whose details may not be disclosed is found by what they alone can say, and not by their name.
LOOK_UP = f"""
    SELECT a.id FROM citizen c JOIN appointment a ON a.id = c.appointment_id
         LEFT JOIN service_point p ON p.id = a.service_point_id
    WHERE a.region = %(region)s AND a.ends >= %(since)s AND a.state IN ('booked', 'displaced', 'attended', 'no_show')
      AND (c.phone = %(phone)s OR lower(c.email) = %(word)s OR lower(c.code_word) = %(word)s
           OR NOT c.non_disclosure AND ' ' || lower(c.name) LIKE ALL (%(parts)s::text[]))
      AND {REACHED}
    ORDER BY a.starts, a.id LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Said:
    """What somebody says: as a word or an address, as a phone number if it is one, and as the parts of a name."""

    word: str
    phone: str | None
    parts: Sequence[str]


async def look_up(
    connection: Connection, said: Said, seen_by: SeenBy, *, since: dt.datetime, limit: int
) -> list[uuid.UUID]:
    """Return the appointments that fit and end after `since`, of those that somebody may see, the next ones first."""
    values = {
        "word": said.word.lower(),
        "phone": said.phone,
        "parts": [f"% {_escaped(part.lower())}%" for part in said.parts],
        "since": since,
        "limit": limit,
        **seen_by.values(),
    }
    return [row[0] for row in await (await connection.execute(LOOK_UP, values)).fetchall()]


def _escaped(part: str) -> str:
    """Return a part of a name without the letters that LIKE reads otherwise."""
    return part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

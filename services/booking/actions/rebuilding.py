"""Working out all free spans from the rules, and telling where what was kept differed from them: nowhere, if all is
well. The zone is the installation's."""

import datetime as dt
from collections.abc import Callable

from services.booking.actions import spans
from shared import db
from shared.db import Pool

AT_ONCE = 50


async def rebuild(pool: Pool, *, now: dt.datetime, zone: str, tell: Callable[[int], None]) -> int:
    """Rebuild every tutor's free spans, some a transaction, so that booking goes on; answers of how many tutors they
    were wrong. Those who wait to be worked out anew are no mistake, and are left to the worker's next round."""
    wrong = 0
    async with db.direct(pool) as connection:
        cursor = await connection.execute("SELECT id FROM tutor WHERE refreshed_on IS NOT NULL ORDER BY id")
        tutors = [row[0] for row in await cursor.fetchall()]
    for start in range(0, len(tutors), AT_ONCE):
        some = tutors[start : start + AT_ONCE]
        async with db.direct(pool) as connection:
            await spans.locked_with_mates(connection, some)
            differences = await spans.differences(connection, some, now=now, zone=zone)
            wrong += len({difference[0] for difference in differences})
            await spans.refresh(connection, some, now=now, zone=zone)
        tell(len(some))
    return wrong

"""Working out all free spans from the rules, and reporting where what was kept differed from them: nowhere, if all is
well. What the registry does not have any more has none."""

import datetime as dt
from collections.abc import Callable

from services.booking.actions import spans
from services.booking.actions.locking import lock_with_colleagues
from services.booking.store import departures, freshness
from services.booking.store import spans as span_store
from services.booking.store.departures import WithoutTutor
from shared import db
from shared.db import Pool

AT_ONCE = 50


async def rebuild(pool: Pool, *, now: dt.datetime, zone: str, report_done: Callable[[int], None]) -> int:
    """Rebuild every tutor's free spans, some a transaction, so that booking goes on; return of how many tutors they
    were wrong. Those who wait to be worked out anew are no mistake, and are left to the worker's next round. `zone` is
    the installation's; `report_done` is called with how many tutors were rebuilt."""
    wrong = 0
    async with db.direct(pool) as connection:
        tutors = await freshness.fresh_tutors(connection)
    for start in range(0, len(tutors), AT_ONCE):
        some = tutors[start : start + AT_ONCE]
        async with db.direct(pool) as connection:
            await lock_with_colleagues(connection, some)
            differences = await spans.differences(connection, some, now=now, zone=zone)
            wrong += len({difference.tutor_id for difference in differences})
            await spans.refresh(connection, some, now=now, zone=zone)
        report_done(len(some))
    return wrong


async def drop_gone(pool: Pool) -> int:
    """Drop the free spans of tutors, offerings and service points that the registry does not have; return how many. No
    tutor is worked out anew for them, so they would be found for as long as they lie ahead, and never be booked."""
    async with db.direct(pool) as connection:
        return await span_store.drop_gone(connection)


async def without_tutor(pool: Pool, now: dt.datetime) -> list[WithoutTutor]:
    """Return the appointments to come whose tutor the registry does not have: somebody must see to them."""
    async with db.direct(pool) as connection:
        return await departures.without_tutor(connection, now)

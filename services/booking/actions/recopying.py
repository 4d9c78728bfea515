"""Making the copies of the registry anew, from the feed of `providers` and nothing else, and reporting where those that
were kept differed: nowhere, if all is well."""

import uuid
from collections.abc import Callable, Sequence

from services.booking.actions import projection
from services.booking.store import copies, freshness, week
from services.booking.store import recopying as store
from services.booking.store.copies import CONSENT, COPIES, OFFERING, SERVICE_POINT, STAFFED_DAY, TUTOR, Copy
from shared import db
from shared.db import Connection, Pool
from shared.following import PASSING, Feed, Stuck, reason_of
from shared.schemas import events
from shared.schemas.common import CloudEvent

SOURCE = "providers"
Differing = dict[Copy, list[tuple[object, ...]]]


async def recopy(pool: Pool, feed: Feed, report_read: Callable[[int], None]) -> dict[str, int]:
    """Make the copies anew; return how many rows of each were wrong. They are right afterwards, and the free spans that
    follow from them are worked out by the worker. Whoever follows the feed meanwhile waits, and goes on where this has
    read to. `report_read` is called with how many events of a batch were read. Raises what the feed raises, and Stuck
    for an event that cannot be applied; nothing is changed then."""
    async with db.direct(pool) as connection:
        await store.lock_cursor(connection, SOURCE)
        read = await _read_all(feed, report_read)
        for copy in COPIES:  # tables of this transaction's own, which stand before the real ones
            await store.shadow(connection, copy)
        for event in latest(read):
            await _apply(connection, event)
        wrong = {copy: await store.take_over(connection, copy) for copy in COPIES}
        for copy in COPIES:
            await store.drop_shadow(connection, copy)
        await _mark_followers_stale(connection, wrong)
        await store.set_cursor(connection, SOURCE, read[-1].id if read else None)
    return {copy.table: len(keys) for copy, keys in wrong.items()}


async def _read_all(feed: Feed, report_read: Callable[[int], None]) -> list[CloudEvent]:
    read: list[CloudEvent] = []
    while batch := await feed.events(read[-1].id if read else None, 0):
        read += batch
        report_read(len(batch))
    return read


async def _apply(connection: Connection, event: CloudEvent) -> None:
    try:
        await projection.apply(connection, events.parse(event))
    except PASSING:
        raise
    except Exception as error:
        raise Stuck(reason_of(error), event) from error


def latest(read: Sequence[CloudEvent]) -> list[CloudEvent]:
    """Return the last state of each record alone, in order; of hours all events, since each has some dates only."""
    last = {(event.type, event.subject): event.id for event in read}
    return [
        event
        for event in read
        if event.type == events.ServicePointHoursChanged.type or last[event.type, event.subject] == event.id
    ]


async def _mark_followers_stale(connection: Connection, wrong: Differing) -> None:
    """Have the free spans worked out anew that follow from rows which were wrong."""
    points = {uuid.UUID(str(key[0])) for copy in (SERVICE_POINT, STAFFED_DAY, CONSENT) for key in wrong[copy]}
    tutors = {uuid.UUID(str(key[0])) for key in wrong[TUTOR]}
    for point in points:
        tutors.update(await week.tutors_at(connection, point))
    offerings = [uuid.UUID(str(key[0])) for key in wrong[OFFERING]]
    owners = [owner for each in offerings if (owner := await copies.organisation_of(connection, each))]
    tutors.update(await copies.tutors_of(connection, owners))
    await freshness.mark_points_stale(connection, sorted(points))
    await freshness.mark_stale(connection, sorted(tutors))

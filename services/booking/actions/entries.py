"""What is done with entries of the waitlist by all who change one: locking it, its event, and its end by a booking."""

import datetime as dt
import uuid
from dataclasses import replace

from services.booking.store import waitlist as store
from services.booking.store.waitlist import EntryRow
from shared.db import Connection
from shared.feed import emit
from shared.problems import NotFound
from shared.schemas import events


async def emit_entry(
    connection: Connection, event: type[events.WaitlistEvent], entry: EntryRow, *, former: uuid.UUID | None = None
) -> None:
    """Emit an event about an entry: nothing of who waits, but by which id their former contact is found."""
    await emit(connection, event.model_validate(entry).model_copy(update={"former": former}), region=entry.region)


async def book_entry(connection: Connection, entry: EntryRow) -> None:
    """Close an entry whose offer is booked, and erase who waited: the appointment knows them."""
    await store.close(connection, entry.id, "booked")
    await emit_entry(connection, events.WaitlistBooked, replace(entry, state="booked", offered_until=None))


async def lock_entry(connection: Connection, entry_id: uuid.UUID) -> EntryRow:
    """Return an entry, which nobody else changes now. Raises NotFound."""
    entry = await store.lock(connection, entry_id)
    if entry is None:
        raise NotFound
    return entry


def is_offered(entry: EntryRow, now: dt.datetime) -> bool:
    """Whether a time is kept for an entry, and may still be taken."""
    return entry.state == "offered" and (entry.offered_until is None or entry.offered_until > now)

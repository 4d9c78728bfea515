"""Entries of the waitlist, as those who wait for a time and those who verify one have them: an entry's event, and its
end by a booking."""

from dataclasses import replace

from services.booking.store import waitlist as store
from services.booking.store.waitlist import EntryRow
from shared.db import Connection
from shared.feed import emit
from shared.schemas import events


async def emit_entry(connection: Connection, event: type[events.WaitlistEvent], entry: EntryRow) -> None:
    """Emit an event about an entry: nothing of who waits."""
    await emit(connection, event.model_validate(entry), region=entry.region)


async def book_entry(connection: Connection, entry: EntryRow) -> None:
    """Close an entry whose offer is booked, and erase who waited: the appointment knows them."""
    await store.close(connection, entry.id, "booked")
    await emit_entry(connection, events.WaitlistBooked, replace(entry, state="booked", offered_until=None))

"""Erasure: a citizen is forgotten. What happened, and when, stays, with nobody's name on it."""

import uuid
from collections.abc import Callable

from services.booking.actions import offers, waitlist
from services.booking.actions.changes import cancel
from services.booking.actions.context import Context, Done
from services.booking.actions.locking import lock_appointment
from services.booking.actions.steps import emit_appointment, line
from services.booking.domain.states import CLOCK, is_to_come
from services.booking.store import appointments as store
from services.booking.store import citizens, farewells, former_contacts, lost_links
from services.booking.store import waitlist as entry_store
from services.booking.store.appointments import AppointmentRow
from shared.db import Connection
from shared.retention import FAREWELL_KEPT
from shared.schemas import booking as wire
from shared.schemas import events


async def erase(connection: Connection, context: Context, *, appointment_id: uuid.UUID, actor: wire.Actor) -> Done:
    """Erase the citizen of an appointment. A visit that is still to come is cancelled first, and its citizen is told of
    both: their contacts alone are kept for that, a short while. Who is erased already stays so. Raises NotFound."""
    row = await lock_appointment(connection, appointment_id)
    if is_to_come(row.state, row.starts, context.now):
        await farewells.keep(connection, appointment_id, context.now + FAREWELL_KEPT)
    return await _erase(connection, context, appointment_id, actor)


async def _erase(connection: Connection, context: Context, appointment_id: uuid.UUID, actor: str) -> Done:
    row = await lock_appointment(connection, appointment_id)
    freed: tuple[uuid.UUID, ...] = ()
    if is_to_come(row.state, row.starts, context.now):
        freed = (await cancel(connection, context, appointment_id=appointment_id, actor=actor)).freed
        row = await lock_appointment(connection, appointment_id)
    if await citizens.erase(connection, appointment_id):
        await _record(connection, context, row, actor)
    return Done(row.id, freed)


async def erase_citizens_again(connection: Connection, context: Context, is_buried: Callable[[uuid.UUID], bool]) -> int:
    """Erase those whom a restored backup has brought back; return how many. They were told when they were erased, so
    nothing is sent, and the time of their visits is free again."""
    appointments = [each for each in await citizens.known(connection) if is_buried(each)]
    entries = [each for each in await entry_store.known(connection) if is_buried(each)]
    for appointment in appointments:
        done = await _erase(connection, context, appointment, CLOCK)
        await offers.offer_freed(connection, context, done.freed)
    for entry in entries:
        done = await waitlist.withdraw(connection, context, entry_id=entry)
        await offers.offer_freed(connection, context, done.freed)
    return len(appointments) + len(entries)


async def erase_old(connection: Connection, context: Context) -> int:
    """Erase the citizens who have been kept as long as their organisation keeps details; return how many. Farewells,
    former contacts and lost links that must have been told by now go, too."""
    await farewells.forget(connection, context.now)
    await former_contacts.forget(connection, context.now)
    await lost_links.forget(connection, context.now)
    erased = await citizens.erase_old(connection, context.now)
    for appointment_id in erased:
        row = await store.get(connection, appointment_id)
        assert row is not None, "a citizen's appointment is never deleted"
        await _record(connection, context, row, CLOCK)
    return len(erased)


async def _record(connection: Connection, context: Context, row: AppointmentRow, actor: str) -> None:
    await store.record(connection, line(context, row, "erase", row.state, actor=actor))
    await emit_appointment(connection, events.AppointmentErased, row, by=actor)

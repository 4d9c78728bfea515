"""Verifying a booking: its citizen is sent a code, and it is firm once they have typed it."""

import uuid

from services.booking.actions import claims
from services.booking.actions.context import Context, Done
from services.booking.actions.entries import book_entry
from services.booking.actions.holds import confirm, lock_held
from services.booking.actions.locking import lock_appointment
from services.booking.actions.steps import actor_of, emit_appointment, take_step
from services.booking.domain.verification import HELD_FOR, is_verified_by
from services.booking.problems import WrongCode
from services.booking.store import appointments as store
from services.booking.store import citizens, waitlist
from services.booking.store.appointments import AppointmentRow
from shared.db import Connection
from shared.schemas import events


async def keep_to_verify(connection: Connection, context: Context, row: AppointmentRow) -> Done:
    """Keep a time that is held as long as its citizen has to verify it, and ask them to."""
    assert row.expires is not None
    until = max(row.expires, context.now + HELD_FOR)
    row = await take_step(connection, context, row, "extend", actor=actor_of(context), expires=until)
    await claims.extend(connection, row, until, now=context.now, zone=context.zone)
    await ask_to_verify(connection, row)
    return Done(row.id)


async def ask_to_verify(connection: Connection, row: AppointmentRow) -> None:
    """Have the citizen of a time that is held sent the code."""
    await emit_appointment(connection, events.AppointmentVerificationAsked, row)


async def verify(connection: Connection, context: Context, *, appointment_id: uuid.UUID, code: str) -> Done:
    """Make a booking firm by the code that its citizen was sent, and with it the others of its series that wait for it,
    or the end of the waitlist entry that it was offered to; one that is firm stays so. Raises NotFound, WrongCode,
    SlotUnavailable when the time has lapsed."""
    entry = await waitlist.lock_offered(connection, appointment_id)  # first, as who takes or leaves one does
    others = await store.held_in_its_series(connection, appointment_id)
    row = await lock_appointment(connection, appointment_id, *others.values())
    if row.state == "booked":
        return Done(row.id)
    citizen = await citizens.get(connection, row.id)
    if citizen is None or not is_verified_by(
        code, context.secrets.accepted, row.id, phone=citizen.phone, email=citizen.email
    ):
        raise WrongCode
    for each in (row.id, *others):
        await confirm(connection, context, await lock_held(connection, context, each))
    if entry is not None:
        await book_entry(connection, entry)
    return Done(row.id)

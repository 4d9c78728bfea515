"""Holding a time for somebody who is about to book it."""

import datetime as dt
import uuid

from services.booking.actions import claims
from services.booking.actions.context import Context, Done
from services.booking.actions.locking import lock_appointment
from services.booking.actions.spans import outside_open_time
from services.booking.actions.steps import actor_of, emit_appointment, take_step
from services.booking.actions.taking import NewAppointment, refuse_other_region, take_slot
from services.booking.domain.holds import extended, is_held
from services.booking.domain.slots import Refusal, RefusedSlot, SlotKey
from services.booking.domain.states import CLOCK
from services.booking.problems import HoldLapsed, SlotGone
from services.booking.refusals import SlotUnavailable, decoded
from services.booking.store import appointments as store
from services.booking.store import citizens
from services.booking.store.appointments import AppointmentRow
from services.booking.store.waitlist import EntryRow
from shared.db import Connection, new_id
from shared.schemas import booking as wire
from shared.schemas import events


async def hold(connection: Connection, context: Context, *, wanted: wire.HoldInput) -> Done:
    """Keep a slot's time for a while; it is free again by itself when the time is up. Raises SlotUnavailable."""
    slot = decoded(wanted.slot_id)
    await refuse_other_region(connection, context, slot)
    expires = context.now + dt.timedelta(minutes=wanted.minutes)
    row = await take_slot(connection, context, slot, NewAppointment(new_id(), wanted.topic, expires=expires))
    return Done(row.id)


async def hold_for_entry(
    connection: Connection, context: Context, slot_id: str, entry: EntryRow, expires: dt.datetime
) -> uuid.UUID:
    """Keep a slot's time for a waitlist entry; return the hold. Raises SlotUnavailable."""
    new = NewAppointment(new_id(), entry.topic, expires=expires, entry=entry.id)
    return (await take_slot(connection, context, decoded(slot_id), new)).id


async def lapse_hold(connection: Connection, context: Context, hold_id: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """End a hold that was kept for a waitlist entry; return the tutors whose time it freed."""
    row = await lock_appointment(connection, hold_id)
    if row.state != "held":
        return ()
    await citizens.erase(connection, row.id)  # who took the offer, and has not verified it
    row = await take_step(connection, context, row, "lapse", actor=CLOCK)
    freed = await claims.give_back(connection, row, now=context.now, zone=context.zone)
    await emit_appointment(connection, events.AppointmentLapsed, row, by=CLOCK)
    return freed


async def extend(connection: Connection, context: Context, *, hold_id: uuid.UUID) -> Done:
    """Keep a hold longer, as far as the rules allow. Raises SlotUnavailable when it has lapsed."""
    row = await lock_held(connection, context, hold_id)
    assert row.expires is not None
    until = extended(row.expires, row.created_at, context.now)
    if until is not None:
        row = await take_step(connection, context, row, "extend", actor=actor_of(context), expires=until)
        await claims.extend(connection, row, until, now=context.now, zone=context.zone)
    return Done(row.id)


async def release(connection: Connection, context: Context, *, hold_id: uuid.UUID) -> Done:
    """Give a held time back before its time is up. Raises SlotUnavailable when it has lapsed."""
    row = await lock_held(connection, context, hold_id)
    await citizens.erase(connection, row.id)  # they have not verified that it is them: nobody is told
    row = await take_step(connection, context, row, "release", actor=actor_of(context))
    freed = await claims.give_back(connection, row, now=context.now, zone=context.zone)
    await emit_appointment(connection, events.AppointmentCancelled, row, by=actor_of(context))
    return Done(row.id, freed)


async def confirm(connection: Connection, context: Context, row: AppointmentRow) -> Done:
    """Make an appointment of a time that is held, whose citizen is known. Raises SlotUnavailable when its tutor has
    gone away meanwhile."""
    if await outside_open_time(connection, [row.tutor_id], [row], now=context.now, zone=context.zone):
        raise SlotUnavailable(RefusedSlot(SlotKey.of(row), row.topic, Refusal.GONE), SlotGone)
    booked = await take_step(connection, context, row, "book", actor=actor_of(context))
    await store.set_booker(connection, row.id, context.named, context.caller.client_organisation)
    await claims.keep_for_good(connection, row.visit_id)
    await claims.follow(connection, booked, now=context.now, zone=context.zone)
    await emit_appointment(connection, events.AppointmentBooked, booked)
    return Done(row.id)


async def lock_held(connection: Connection, context: Context, hold_id: uuid.UUID) -> AppointmentRow:
    """Return a hold that has not run out, locked. Raises NotFound, or SlotUnavailable when it has lapsed."""
    row = await lock_appointment(connection, hold_id)
    if not is_held(row.state, row.expires, context.now):
        raise SlotUnavailable(RefusedSlot(SlotKey.of(row), row.topic, Refusal.TAKEN), HoldLapsed)
    return row

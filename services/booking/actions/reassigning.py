"""Another tutor at the same time, and what becomes of appointments whose time is taken away."""

import uuid
from collections.abc import Sequence

import psycopg

from services.booking.actions import claims
from services.booking.actions.calls import note_change
from services.booking.actions.context import Context, Done
from services.booking.actions.locking import lock_appointment
from services.booking.actions.replacing import REASSIGN, replace_time
from services.booking.actions.steps import emit_appointment, take_step
from services.booking.domain.slots import RefusedSlot, SlotKey
from services.booking.domain.states import CLOCK
from services.booking.problems import NobodyElse, WrongState
from services.booking.refusals import SlotUnavailable
from services.booking.store import appointments as store
from services.booking.store.appointments import AppointmentRow
from shared.conditional import unchanged
from shared.db import Connection
from shared.problems import NotFound
from shared.schemas import booking as wire
from shared.schemas import events


async def reassign(
    connection: Connection,
    context: Context,
    *,
    appointment_id: uuid.UUID,
    actor: str,
    to: uuid.UUID | None = None,
    if_match: int | None = None,
) -> Done:
    """Give an appointment to another tutor who is free at the same time and place: the one named, or the fairest.
    Everybody in a group visit goes along. Raises NotFound, WrongState, ChangedMeanwhile, SlotUnavailable."""
    row = await lock_appointment(connection, appointment_id, *([to] if to else []))
    unchanged(row.sequence, if_match)
    if to == row.tutor_id:
        return Done(row.id)
    replaced = await _reassign_locked(connection, context, row, actor, to)
    if isinstance(replaced, RefusedSlot):
        raise SlotUnavailable(replaced, NobodyElse)
    return Done(row.id, replaced)


async def who_could_take_over(
    connection: Connection, context: Context, appointment_id: uuid.UUID
) -> tuple[list[uuid.UUID], list[uuid.UUID]]:
    """Return the tutors to whom an appointment could be given now, the fairest first, and all appointments of its
    visit, which would go along. Raises NotFound, WrongState."""
    row = await store.get(connection, appointment_id)
    if row is None:
        raise NotFound
    if row.state != "booked" or row.starts <= context.now:
        raise WrongState
    company = await store.booked_in(connection, row.visit_id)
    free = await claims.who_could_take_over(connection, row, now=context.now, zone=context.zone)
    if len(company) > 1:  # they are not put into another tutor's group
        slot = SlotKey.of(row)
        free = [each for each in free if not await claims.has_group(connection, slot.by(each), context.now)]
    return free, company


async def _reassign_locked(
    connection: Connection, context: Context, row: AppointmentRow, actor: str, to: uuid.UUID | None = None
) -> tuple[uuid.UUID, ...] | RefusedSlot:
    """Reassign an appointment whose locks are held; return the tutors whose time it freed, or the refusal, after which
    the caller rolls back."""
    company = await _lock_company(connection, context, row)
    return await replace_time(connection, context, company, SlotKey.of(row).by(to), REASSIGN, actor)


async def _lock_company(connection: Connection, context: Context, row: AppointmentRow) -> Sequence[AppointmentRow]:
    """Lock and return everybody who is booked into an appointment's visit, itself among them; seats that are only held
    are given back. Raises WrongState for an appointment that has no time."""
    if row.state != "booked":
        raise WrongState
    seats = await store.lock_seats(connection, row.visit_id)
    for seat in seats:
        if seat.state == "held":
            await take_step(connection, context, seat, "release", actor=CLOCK)
    return [seat for seat in seats if seat.state == "booked"]


async def settle_affected(
    connection: Connection,
    context: Context,
    appointment_id: uuid.UUID,
    standing: wire.Standing | None,
    reason: wire.Reason,
    actor: str = "tutor",
) -> tuple[uuid.UUID, ...]:
    """Keep an appointment that has lost its open time, give it to another tutor, or ask its citizen for another, as
    `standing` says. Return the tutors whose time that freed."""
    if standing not in ("reassign", "offer"):
        return ()
    row = await lock_appointment(connection, appointment_id)
    if standing == "reassign" and row.state == "booked":
        async with connection.transaction() as attempt:
            replaced = await _reassign_locked(connection, context, row, actor)
            if isinstance(replaced, RefusedSlot):
                raise psycopg.Rollback(attempt)
        if not isinstance(replaced, RefusedSlot):
            return replaced
    return await _displace(connection, context, row, reason, actor) if row.state == "booked" else ()


async def _displace(
    connection: Connection, context: Context, row: AppointmentRow, reason: wire.Reason, actor: str
) -> tuple[uuid.UUID, ...]:
    """Take an appointment's time away and ask the citizen to choose another; return the tutors whose time it freed."""
    displaced = await take_step(connection, context, row, "displace", actor=actor, reason=reason)
    freed = await claims.give_back(connection, displaced, now=context.now, zone=context.zone)
    await emit_appointment(connection, events.AppointmentDisplaced, displaced, by=actor)
    await note_change(connection, row, displaced, "displace", actor)
    return freed

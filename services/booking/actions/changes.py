"""Changes of an appointment: cancelling, moving, reassigning, displacing, and its outcome."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

import psycopg

from services.booking.actions import claims
from services.booking.actions.claims import Taken, TakeOptions
from services.booking.actions.context import Context, Done
from services.booking.actions.holds import slot_of
from services.booking.actions.locking import lock_appointment
from services.booking.actions.steps import emit_appointment, let_go_of_time, take_step
from services.booking.domain.details import loses_address, wrong_channel_for_move
from services.booking.domain.slots import Refusal, RefusedSlot, SlotKey
from services.booking.domain.states import CLOCK, Step, may_cancel, may_have_outcome, may_move, may_reopen
from services.booking.problems import NobodyElse, OutcomeStands, OwnTimesFirst, VisitToCome, WrongState
from services.booking.refusals import SlotUnavailable, decoded
from services.booking.store import appointments as store
from services.booking.store import areas, citizens, copies, search
from services.booking.store.appointments import AppointmentRow, AppointmentTime
from services.booking.store.search import Query
from shared.conditional import unchanged
from shared.db import Connection, new_id
from shared.problems import WrongRegion, fields_problem
from shared.schemas import booking as wire
from shared.schemas import events

# The step by which an appointment gets another time or tutor, and the event that it emits.
Replacement = tuple[Step, type[events.AppointmentEvent]]
MOVE: Replacement = ("move", events.AppointmentMoved)
REASSIGN: Replacement = ("reassign", events.AppointmentReassigned)


async def cancel(
    connection: Connection,
    context: Context,
    *,
    appointment_id: uuid.UUID,
    actor: str,
    reason: wire.Reason | None = None,
    if_match: int | None = None,
) -> Done:
    """Cancel an appointment, and free its time at once. One that is cancelled already stays as it is. Raises NotFound,
    WrongState, ChangedMeanwhile."""
    row = await lock_appointment(connection, appointment_id)
    if row.state == "cancelled":
        return Done(row.id)
    unchanged(row.sequence, if_match)
    if not may_cancel(actor, row.starts, context.now):
        raise WrongState
    had_time = row.state != "displaced"
    row = await take_step(connection, context, row, "cancel", actor=actor, reason=reason)
    await emit_appointment(connection, events.AppointmentCancelled, row, by=actor)
    if not had_time:
        return Done(row.id)
    return Done(row.id, await claims.give_back(connection, row, now=context.now, zone=context.zone))


async def move(
    connection: Connection,
    context: Context,
    *,
    appointment_id: uuid.UUID,
    actor: wire.Actor,
    slot_id: str,
    if_match: int | None = None,
) -> Done:
    """Move an appointment to another slot: the new time is taken and the old one freed in one transaction, or nothing
    changes. It stays with its organisation while that has any time for its topic. Raises NotFound, WrongState,
    ChangedMeanwhile, NotASlot, InvalidInput, SlotUnavailable."""
    slot = decoded(slot_id)
    row = await lock_appointment(connection, appointment_id, *([slot.tutor_id] if slot.tutor_id else []))
    if row.state == "booked" and slot_of(row) == slot:
        return Done(row.id)
    unchanged(row.sequence, if_match)
    if not may_move(actor, row.state, row.starts, context.now):
        raise WrongState
    await _fit_citizen(connection, row, slot.channel)
    if await copies.organisation_of(connection, slot.offering_id) not in (row.organisation_id, None):
        await _hand_over(connection, context, row, slot)
    replaced = await _replace(connection, context, [row], slot, MOVE, actor)
    if isinstance(replaced, RefusedSlot):
        raise SlotUnavailable(replace(replaced, organisation=row.organisation_id))
    return Done(row.id, replaced)


async def _hand_over(connection: Connection, context: Context, row: AppointmentRow, slot: SlotKey) -> None:
    """Let an appointment go to another organisation of the region, and tell its own. Raises SlotUnavailable while that
    has times, WrongRegion."""
    region, _municipality = await areas.scope_of(connection, slot.tutor_id, slot.offering_id, slot.service_point_id)
    if region != row.region:
        raise WrongRegion
    own = Query(topic=row.topic, organisation=row.organisation_id, region=row.region, drop_in=False, zone=context.zone)
    if await search.earliest(connection, own, now=context.now, limit=1):
        raise SlotUnavailable(RefusedSlot(slot, row.topic, organisation=row.organisation_id), OwnTimesFirst)
    # Before the change, since it is of the former organisation; the row is locked, so the order of events is right.
    await emit_appointment(connection, events.AppointmentHandedOver, row)


async def _fit_citizen(connection: Connection, row: AppointmentRow, channel: str) -> None:
    """Raise InvalidInput when the citizen's details do not fit another channel; erase an address that is not needed any
    more."""
    if channel == row.channel:
        return
    has_phone = await citizens.has_phone(connection, row.id)
    if wrong := wrong_channel_for_move(row.channel, channel, has_phone=has_phone):
        raise fields_problem({"/slot_id": wrong})
    if loses_address(row.channel, channel):
        await citizens.erase_address(connection, row.id)


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


async def _reassign_locked(
    connection: Connection, context: Context, row: AppointmentRow, actor: str, to: uuid.UUID | None = None
) -> tuple[uuid.UUID, ...] | RefusedSlot:
    """Reassign an appointment whose locks are held; return the tutors whose time it freed, or the refusal, after which
    the caller rolls back."""
    company = await _lock_company(connection, context, row)
    return await _replace(connection, context, company, slot_of(row).by(to), REASSIGN, actor)


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


async def _replace(
    connection: Connection,
    context: Context,
    company: Sequence[AppointmentRow],
    slot: SlotKey,
    replacement: Replacement,
    actor: str,
) -> tuple[uuid.UUID, ...] | RefusedSlot:
    """Let go of the time of one visit's appointments and take another; return the tutors whose time it freed, or the
    refusal, after which the caller rolls back.

    The old time is let go first within the transaction, so that a shift by a quarter of an hour is possible.
    """
    row, (step, event) = company[0], replacement
    had_time = row.state == "booked"
    moved = [await let_go_of_time(connection, context, each, step, actor=actor) for each in company]
    freed = await claims.give_back(connection, moved[0], now=context.now, zone=context.zone) if had_time else ()
    options = _options(context, row, step)
    taken = await claims.take(connection, slot, row.topic, options)
    if isinstance(taken, RefusedSlot):
        return taken
    if len(moved) > 1 and taken.visit_id != options.visit:  # the other tutor has a group of their own then
        return RefusedSlot(slot, row.topic, Refusal.TAKEN)
    for number, each in enumerate(moved):
        changed = await store.set_time(connection, each.id, _time_of(taken, number))
        await emit_appointment(connection, event, changed, by=actor)
    refused = await claims.settle(connection, taken, row.topic, options)
    return freed if refused is None else refused


def _options(context: Context, row: AppointmentRow, step: Step) -> TakeOptions:
    if step == "move":
        return TakeOptions(new_id(), context.now, context.zone)
    # A reassignment is for this very visit, near as it may be, and for another tutor.
    return TakeOptions(new_id(), context.now, context.zone, but=row.tutor_id, at_any_notice=True)


def _time_of(taken: Taken, number: int) -> AppointmentTime:
    return AppointmentTime(
        visit=taken.visit_id,
        tutor=taken.tutors[0],
        offering=taken.slot.offering_id,
        place=taken.slot.service_point_id,
        municipality=taken.slot.municipality,
        channel=taken.slot.channel,
        starts=taken.slot.start,
        ends=taken.ends,
        seat=taken.seat + number,
        capacity=taken.capacity,
        organisation=taken.organisation_id,
        region=taken.region,
    )


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
    return freed


async def mark_outcome(
    connection: Connection,
    context: Context,
    *,
    appointment_id: uuid.UUID,
    actor: wire.Actor,
    outcome: wire.OutcomeInput,
    if_match: int | None = None,
) -> Done:
    """Set who came and how it ended; a slip is corrected by setting it again. Raises NotFound, WrongState,
    ChangedMeanwhile, and VisitToCome before the visit has begun."""
    row = await lock_appointment(connection, appointment_id)
    unchanged(row.sequence, if_match)
    if not may_have_outcome(row.starts, context.now):
        raise VisitToCome
    step: Step = "mark_attended" if outcome.attended else "mark_no_show"
    await take_step(connection, context, row, step, actor=actor)
    row = await store.set_outcome(connection, row.id, outcome.result, outcome.manages_alone)
    await emit_appointment(connection, events.AppointmentClosed, row, by=actor)
    return Done(row.id)


async def remove_outcome(
    connection: Connection,
    context: Context,
    *,
    appointment_id: uuid.UUID,
    actor: wire.Actor,
    if_match: int | None = None,
) -> Done:
    """Undo an outcome that was set by mistake: the appointment is booked again. One without an outcome stays as it is.
    Raises NotFound, ChangedMeanwhile, and OutcomeStands when it is too late."""
    row = await lock_appointment(connection, appointment_id)
    if row.state == "booked":
        return Done(row.id)
    unchanged(row.sequence, if_match)
    if not may_reopen(row.ends, context.now, context.zone):
        raise OutcomeStands
    await take_step(connection, context, row, "reopen", actor=actor)
    row = await store.set_outcome(connection, row.id, None, None)
    await emit_appointment(connection, events.AppointmentReopened, row, by=actor)
    return Done(row.id)

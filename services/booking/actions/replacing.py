"""An appointment's time or tutor is replaced: the old time is let go and another taken, or nothing changes."""

import uuid
from collections.abc import Sequence

from services.booking.actions import claims
from services.booking.actions.calls import note_change
from services.booking.actions.claims import Taken, TakeOptions
from services.booking.actions.context import Context
from services.booking.actions.steps import emit_appointment, let_go_of_time
from services.booking.domain.slots import Refusal, RefusedSlot, SlotKey
from services.booking.domain.states import Step
from services.booking.store import appointments as store
from services.booking.store.appointments import AppointmentRow, AppointmentTime
from shared.db import Connection, new_id
from shared.schemas import events

# The step by which an appointment gets another time or tutor, and the event that it emits.
Replacement = tuple[Step, type[events.AppointmentEvent]]
MOVE: Replacement = ("move", events.AppointmentMoved)
REASSIGN: Replacement = ("reassign", events.AppointmentReassigned)


async def replace_time(
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
        await note_change(connection, each, changed, step, actor)
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

"""Changes of an appointment: cancelling and moving."""

import uuid
from dataclasses import replace

from services.booking.actions import claims
from services.booking.actions.calls import note_change
from services.booking.actions.context import Context, Done
from services.booking.actions.locking import lock_appointment
from services.booking.actions.replacing import MOVE, replace_time
from services.booking.actions.steps import emit_appointment, take_step
from services.booking.domain.details import loses_address, wrong_channel_for_move
from services.booking.domain.slots import RefusedSlot, SlotKey
from services.booking.domain.states import may_cancel, may_move
from services.booking.problems import OwnTimesFirst, WrongState
from services.booking.refusals import SlotUnavailable, decoded
from services.booking.store import areas, citizens, copies, search
from services.booking.store.appointments import AppointmentRow
from services.booking.store.search import Query
from shared.conditional import unchanged
from shared.db import Connection
from shared.problems import WrongRegion, fields_problem
from shared.schemas import booking as wire
from shared.schemas import events


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
    cancelled = await take_step(connection, context, row, "cancel", actor=actor, reason=reason)
    await emit_appointment(connection, events.AppointmentCancelled, cancelled, by=actor)
    await note_change(connection, row, cancelled, "cancel", actor)
    if not had_time:
        return Done(row.id)
    return Done(row.id, await claims.give_back(connection, cancelled, now=context.now, zone=context.zone))


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
    if row.state == "booked" and SlotKey.of(row) == slot:
        return Done(row.id)
    unchanged(row.sequence, if_match)
    if not may_move(actor, row.state, row.starts, context.now):
        raise WrongState
    await _fit_citizen(connection, row, slot.channel)
    if await copies.organisation_of(connection, slot.offering_id) not in (row.organisation_id, None):
        await _hand_over(connection, context, row, slot)
    replaced = await replace_time(connection, context, [row], slot, MOVE, actor)
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
    citizen = await citizens.get(connection, row.id)
    has_phone, has_email = bool(citizen and citizen.phone), bool(citizen and citizen.email)
    if wrong := wrong_channel_for_move(row.channel, channel, has_phone=has_phone, has_email=has_email):
        raise fields_problem({"/slot_id": wrong})
    if loses_address(row.channel, channel):
        await citizens.erase_address(connection, row.id)

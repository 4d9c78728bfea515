"""Booking a slot, a time that is held, or the same time in several weeks."""

import uuid
from dataclasses import replace
from zoneinfo import ZoneInfo

from services.booking.actions import claims
from services.booking.actions.context import Context, Done
from services.booking.actions.details import checked_answers, checked_citizen
from services.booking.actions.holds import lock_held, slot_of
from services.booking.actions.spans import outside_open_time
from services.booking.actions.steps import actor_of, emit_appointment, take_step
from services.booking.actions.taking import NewAppointment, refuse_other_region, save_citizen, take_slot
from services.booking.domain.slots import Refusal, RefusedSlot
from services.booking.domain.wall_time import DAY, instant
from services.booking.problems import NotASlot, SeriesClash, SlotGone
from services.booking.refusals import SlotUnavailable, decoded
from services.booking.store import appointments as store
from services.booking.store.appointments import AppointmentRow
from services.booking.store.citizens import CitizenDetails
from shared.db import Connection, new_id
from shared.schemas import booking as wire
from shared.schemas import events


async def book(connection: Connection, context: Context, *, wanted: wire.AppointmentInput) -> Done:
    """Book a slot, or a time that is held, for a citizen. Raises SlotUnavailable, NotASlot, and what is wrong with the
    citizen's details."""
    if wanted.hold_id is not None:
        return await _book_held(connection, context, wanted.hold_id, wanted)
    slot = decoded(wanted.slot_id or "")
    citizen = await _citizen(connection, wanted, slot.channel, slot.offering_id)
    await refuse_other_region(connection, context, slot)
    new = NewAppointment(new_id(), wanted.topic, citizen=citizen)
    return Done((await take_slot(connection, context, slot, new, prefer=wanted.prefer)).id)


async def _book_held(
    connection: Connection, context: Context, hold_id: uuid.UUID, wanted: wire.AppointmentInput
) -> Done:
    row = await lock_held(connection, context, hold_id)
    if row.topic != wanted.topic:
        raise NotASlot
    citizen = await _citizen(connection, wanted, row.channel, row.offering_id)
    return await confirm(connection, context, row, citizen)


async def _citizen(
    connection: Connection, wanted: wire.AppointmentInput | wire.SeriesInput, channel: str, offering: uuid.UUID
) -> CitizenDetails:
    details = checked_citizen(wanted.citizen, channel, note=wanted.note, address=wanted.address)
    return replace(details, answers=await checked_answers(connection, offering, wanted.answers))


async def confirm(connection: Connection, context: Context, row: AppointmentRow, citizen: CitizenDetails) -> Done:
    """Make an appointment of a time that is held. Raises SlotUnavailable when its tutor has gone away meanwhile."""
    if await outside_open_time(connection, [row.tutor_id], [row], now=context.now, zone=context.zone):
        raise SlotUnavailable(RefusedSlot(slot_of(row), row.topic, Refusal.GONE), SlotGone)
    booked = await take_step(connection, context, row, "book", actor=actor_of(context))
    await store.set_booker(connection, row.id, context.named, context.caller.client_organisation)
    await claims.keep(connection, row.visit_id)
    await save_citizen(connection, context, row.id, citizen)
    await claims.follow(connection, booked, now=context.now, zone=context.zone)
    await emit_appointment(connection, events.AppointmentBooked, booked)
    return Done(row.id)


async def book_series(connection: Connection, context: Context, *, wanted: wire.SeriesInput) -> Done:
    """Book the same wall-clock time in several weeks, all or none. Raises SlotUnavailable, which names the date that
    clashes."""
    slot = decoded(wanted.slot_id)
    citizen = await _citizen(connection, wanted, slot.channel, slot.offering_id)
    await refuse_other_region(connection, context, slot)
    local = slot.start.astimezone(ZoneInfo(context.zone))
    series, tutor = new_id(), slot.tutor_id
    for week in range(wanted.count):
        date = local.date() + 7 * DAY * wanted.every_weeks * week
        each = slot._replace(start=instant(date, local.time(), context.zone))
        new = NewAppointment(new_id(), wanted.topic, citizen=citizen, series=series)
        try:
            row = await take_slot(connection, context, each, new, prefer=tutor)
        except SlotUnavailable as unavailable:
            raise SlotUnavailable(unavailable.refused, SeriesClash, date=date) from None
        tutor = tutor or row.tutor_id  # the one who has the first has the others, too, when they can
    return Done(series)

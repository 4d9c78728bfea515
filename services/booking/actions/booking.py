"""Booking a slot, a time that is held, or the same time in several weeks."""

import uuid
from dataclasses import replace
from zoneinfo import ZoneInfo

from services.booking.actions.context import Context, Done
from services.booking.actions.details import checked_answers, checked_citizen
from services.booking.actions.holds import confirm, lock_held
from services.booking.actions.taking import NewAppointment, refuse_other_region, save_citizen, take_slot
from services.booking.actions.verification import ask_to_verify, keep_to_verify
from services.booking.domain.verification import HELD_FOR
from services.booking.domain.wall_time import DAY, instant
from services.booking.problems import NotASlot, SeriesClash
from services.booking.refusals import SlotUnavailable, decoded
from services.booking.store import citizens
from services.booking.store.citizens import CitizenDetails
from shared.db import Connection, new_id
from shared.schemas import booking as wire


async def book(
    connection: Connection,
    context: Context,
    *,
    wanted: wire.AppointmentInput,
    to_verify: bool = False,
    shown: str | None = None,
) -> Done:
    """Book a slot, or a time that is held, for a citizen; one who has to verify it is only kept the time for meanwhile.
    `shown` is the key to what is held, which stays its key. Raises SlotUnavailable, NotASlot, and what is wrong with
    the citizen's details."""
    if wanted.hold_id is not None:
        return await _book_held(connection, context, wanted.hold_id, wanted, to_verify=to_verify, shown=shown)
    slot = decoded(wanted.slot_id or "")
    citizen = await _citizen(connection, wanted, slot.channel, slot.offering_id)
    await refuse_other_region(connection, context, slot)
    expires = context.now + HELD_FOR if to_verify else None
    new = NewAppointment(new_id(), wanted.topic, citizen=citizen, expires=expires)
    row = await take_slot(connection, context, slot, new, prefer=wanted.prefer)
    if to_verify:
        await ask_to_verify(connection, row)
    return Done(row.id)


async def _book_held(
    connection: Connection,
    context: Context,
    hold_id: uuid.UUID,
    wanted: wire.AppointmentInput,
    *,
    to_verify: bool,
    shown: str | None,
) -> Done:
    row = await lock_held(connection, context, hold_id)
    if row.topic != wanted.topic:
        raise NotASlot
    citizen = await _citizen(connection, wanted, row.channel, row.offering_id)
    await citizens.erase(connection, row.id)  # who wrote their number wrong, and books the same time again
    await save_citizen(connection, context, row.id, citizen, shown)
    if to_verify:
        return await keep_to_verify(connection, context, row)
    return await confirm(connection, context, row)


async def _citizen(
    connection: Connection, wanted: wire.AppointmentInput | wire.SeriesInput, channel: str, offering: uuid.UUID
) -> CitizenDetails:
    texts = wanted.answers.values()
    details = checked_citizen(wanted.citizen, channel, note=wanted.note, address=wanted.address, answers=texts)
    return replace(details, answers=await checked_answers(connection, offering, wanted.answers))


async def book_series(
    connection: Connection, context: Context, *, wanted: wire.SeriesInput, to_verify: bool = False
) -> Done:
    """Book the same wall-clock time in several weeks, all or none; one who has to verify it is only kept the times for
    meanwhile, and is sent the code of the first. Raises SlotUnavailable, which names the date that clashes."""
    slot = decoded(wanted.slot_id)
    citizen = await _citizen(connection, wanted, slot.channel, slot.offering_id)
    await refuse_other_region(connection, context, slot)
    local = slot.start.astimezone(ZoneInfo(context.zone))
    series, tutor, first = new_id(), slot.tutor_id, None
    expires = context.now + HELD_FOR if to_verify else None
    for week in range(wanted.count):
        date = local.date() + 7 * DAY * wanted.every_weeks * week
        each = slot._replace(start=instant(date, local.time(), context.zone))
        new = NewAppointment(new_id(), wanted.topic, citizen=citizen, expires=expires, series=series)
        try:
            row = await take_slot(connection, context, each, new, prefer=tutor)
        except SlotUnavailable as unavailable:
            raise SlotUnavailable(unavailable.refused, SeriesClash, date=date) from None
        first = first or row
        tutor = tutor or row.tutor_id  # the one who has the first has the others, too, when they can
    if to_verify and first is not None:
        await ask_to_verify(connection, first)
    return Done(series)

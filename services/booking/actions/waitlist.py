"""The waitlist, for those who wait: they join, take what is offered, are corrected, and leave.

What is offered to whom, and when it passes on: `offers.py`.
"""

import datetime as dt
import uuid
from dataclasses import replace

from services.booking.actions import holds
from services.booking.actions.context import Context, Done
from services.booking.actions.correcting import is_reached_anew, replaced_contact
from services.booking.actions.details import checked_citizen, refuse_unreachable
from services.booking.actions.entries import book_entry, emit_entry, is_offered, lock_entry
from services.booking.actions.locking import lock_appointment
from services.booking.actions.offers import free_slots
from services.booking.actions.taking import save_citizen
from services.booking.actions.verification import keep_to_verify
from services.booking.domain.manage_tokens import manage_token
from services.booking.domain.verification import HELD_FOR
from services.booking.domain.wall_time import DAY, midnight
from services.booking.problems import NobodyHelps, OfferOver, ThereIsTime, WrongState
from services.booking.reads.prospects import can_be_waited_for
from services.booking.store import areas, citizens, former_contacts
from services.booking.store import waitlist as store
from services.booking.store.waitlist import EntryRow
from shared.db import Connection, new_id
from shared.keys import hash_token
from shared.problems import InvalidReference, NotFound, field_problem
from shared.retention import FAREWELL_KEPT
from shared.schemas import booking as wire
from shared.schemas import events

# What is kept of a wish for as long as the record lives. Who waits is not of it: that is erased when the entry closes.
WISH = {
    "topic",
    "municipality",
    "neighbours",
    "service_point",
    "tutor",
    "channel",
    "language",
    "feature",
    "weekday",
    "from_time",
    "to_time",
    "start",
}


async def join(connection: Connection, context: Context, *, wanted: wire.WaitlistInput) -> Done:
    """Add an entry, for what is not free yet. Raises ThereIsTime, which names the times, where there are some already;
    NobodyHelps where there will be none; InvalidReference, WrongRegion, and what is wrong with the details."""
    area = await areas.area(connection, wanted.municipality)
    if area is None:
        raise InvalidReference(what=wanted.municipality)
    context.caller.require_region(area.region)
    until = midnight(wanted.until + DAY, context.zone)
    if until <= context.now:
        raise field_problem("/until", "until")
    refuse_unreachable(wanted.citizen, "contact")  # nobody could tell them that a time is offered
    citizen = checked_citizen(wanted.citizen, wanted.channel or "on_site")
    made = new_id()
    entry = EntryRow(
        id=made,
        region=area.region,
        asked_at=context.now,
        state="waiting",
        topic=wanted.topic,
        wish=wanted.model_dump(mode="json", by_alias=True, include=WISH, exclude_none=True),
        until=until,
        offered_until=None,
        appointment_id=None,
        asked_by=context.named,
        token_hash=hash_token(manage_token(context.secrets.current, made)),
    )
    if free := await free_slots(connection, context, entry):
        raise ThereIsTime(free)
    if not await can_be_waited_for(connection, wanted, area, now=context.now, zone=context.zone):
        raise NobodyHelps
    await store.insert(connection, entry, citizen)
    await emit_entry(connection, events.WaitlistJoined, entry)
    return Done(entry.id)


async def accept(connection: Connection, context: Context, *, entry_id: uuid.UUID, to_verify: bool = False) -> Done:
    """Take the time that is offered to an entry; it becomes an appointment. One who has to verify it is only kept the
    time for meanwhile, and offered it still. Raises NotFound, OfferOver."""
    entry = await lock_entry(connection, entry_id)
    if entry.state == "booked":
        return Done(entry.id)
    citizen = await store.citizen_of(connection, entry.id)
    offer = entry.appointment_id if is_offered(entry, context.now) else None
    if offer is None or citizen is None:
        raise OfferOver
    held = await lock_appointment(connection, offer)
    if held.state != "held":
        raise OfferOver
    await citizens.erase(connection, held.id)  # who has to verify it, and takes it once more
    await save_citizen(connection, context, held.id, citizen)
    if to_verify:
        await keep_to_verify(connection, context, held)
        await store.offer(connection, entry.id, held.id, _verified_by(entry, context.now))
        return Done(entry.id)
    await holds.confirm(connection, context, held)
    await book_entry(connection, entry)
    return Done(entry.id)


def _verified_by(entry: EntryRow, now: dt.datetime) -> dt.datetime:
    """Return until when who takes an offer has to verify it: the time passes to the next no sooner than it would have,
    nor while the code is good."""
    until = now + HELD_FOR
    return max(entry.offered_until, until) if entry.offered_until else until


async def withdraw(connection: Connection, context: Context, *, entry_id: uuid.UUID) -> Done:
    """Close an entry; a time that was kept for it goes to the next. Raises NotFound, WrongState."""
    entry = await lock_entry(connection, entry_id)
    if entry.state == "ended":
        return Done(entry.id)
    if entry.state == "booked":
        raise WrongState
    await _end(connection, entry)
    if entry.state != "offered" or entry.appointment_id is None:
        return Done(entry.id)
    return Done(entry.id, await holds.lapse_hold(connection, context, entry.appointment_id))


async def correct_entry(
    connection: Connection, context: Context, *, entry_id: uuid.UUID, wanted: wire.EntryCorrectionInput
) -> Done:
    """Correct who waits. Whoever is reached in another way than before is told once more of a time that is offered, or
    of their place in the queue; a contact that is replaced is told that it is one, since it may be a stranger who has
    come by the link. Raises NotFound, also when the entry is closed and its citizen erased, and what is wrong with the
    details."""
    entry = await lock_entry(connection, entry_id)
    before = await store.citizen_of(connection, entry.id)
    if before is None:
        raise NotFound
    refuse_unreachable(wanted.citizen, "contact")
    after = checked_citizen(wanted.citizen, str(entry.wish.get("channel") or "on_site"))
    await store.correct_citizen(connection, entry.id, after)
    former = replaced_contact(before, after)
    if is_reached_anew(before, after) or former:
        kept = await former_contacts.keep(connection, former, context.now + FAREWELL_KEPT) if former else None
        if is_offered(entry, context.now):
            await emit_entry(connection, events.WaitlistOffered, entry, former=kept)
        elif entry.state == "waiting":
            await emit_entry(connection, events.WaitlistCorrected, entry, former=kept)
    return Done(entry.id)


async def end_if_over(connection: Connection, context: Context, entry_id: uuid.UUID) -> None:
    """Close an entry whose last acceptable date is over, and erase its contact details."""
    entry = await lock_entry(connection, entry_id)
    if entry.state == "waiting" and entry.until <= context.now:
        await _end(connection, entry)


async def _end(connection: Connection, entry: EntryRow) -> None:
    await store.close(connection, entry.id, "ended")
    await emit_entry(connection, events.WaitlistEnded, replace(entry, state="ended", offered_until=None))

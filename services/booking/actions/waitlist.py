"""The waitlist: somebody waits for a time, one is offered to them, they take it or it passes on.

A time that falls free is offered within the transaction that frees it, to the first entry whose wish it meets, by a
hold in its name. An entry that does not answer in time waits on behind the others, and the time passes to the next.
Everything that matters is a row, so a process that dies loses nothing: the next round goes on from there.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from services.booking.actions import holds
from services.booking.actions.context import Context, Done
from services.booking.actions.correcting import is_reached_anew
from services.booking.actions.details import checked_citizen
from services.booking.actions.entries import book_entry, emit_entry
from services.booking.actions.locking import lock_appointment
from services.booking.actions.taking import save_citizen
from services.booking.actions.verification import keep_to_verify
from services.booking.domain.manage_tokens import manage_token
from services.booking.domain.verification import HELD_FOR
from services.booking.domain.waitlist import GRACE, EndEntry, after_missed, answer_by
from services.booking.domain.wall_time import DAY, MINUTE, midnight
from services.booking.problems import NobodyHelps, NotASlot, OfferOver, ThereIsTime, WrongState
from services.booking.reads import search
from services.booking.reads.reach import can_be_waited_for
from services.booking.refusals import SlotUnavailable
from services.booking.store import appointments as appointment_store
from services.booking.store import areas, citizens
from services.booking.store import waitlist as store
from services.booking.store.waitlist import EntryRow
from shared.db import Connection, new_id
from shared.keys import hash_token
from shared.problems import InvalidReference, NotFound, field_problem
from shared.schemas import booking as wire
from shared.schemas import events

# So many of the earliest times that meet a wish are looked at; the first that can be held is offered.
LOOKED_AT = 5
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
    if free := await _free_slots(connection, context, entry):
        raise ThereIsTime(free)
    if not await can_be_waited_for(connection, wanted, area, now=context.now, zone=context.zone):
        raise NobodyHelps
    await store.insert(connection, entry, citizen)
    await emit_entry(connection, events.WaitlistJoined, entry)
    return Done(entry.id)


async def offer_freed(connection: Connection, context: Context, freed: Sequence[uuid.UUID]) -> None:
    """Offer the time of these tutors, which this transaction frees, to those who wait for it, in their order."""
    tutors = list(dict.fromkeys(freed))
    if not tutors:
        return
    for entry in await store.lock_for_tutors(connection, context.now, context.zone, tutors):
        for tutor in tutors:
            if await _offer(connection, context, entry, tutor=tutor):
                break


async def offer_if_free(connection: Connection, context: Context, entry_id: uuid.UUID) -> None:
    """Offer what is free by now to an entry; for times that nobody's action has freed."""
    entry = await _lock(connection, entry_id)
    if entry.state == "waiting":
        await _offer(connection, context, entry)


async def _offer(connection: Connection, context: Context, entry: EntryRow, *, tutor: uuid.UUID | None = None) -> bool:
    """Keep the earliest time that meets an entry's wish for it; return whether there was one. With `tutor`, of that
    one only."""
    for slot in await _free_slots(connection, context, entry, tutor):
        until = answer_by(context.now, slot.start, context.zone)
        if slot.id is None or until is None:
            continue
        try:
            async with connection.transaction():
                held = await holds.hold_for_entry(connection, context, slot.id, entry, until + GRACE)
        except (SlotUnavailable, NotASlot):  # somebody else was faster; the next may do
            continue
        await store.offer(connection, entry.id, held, until)
        offered = replace(entry, state="offered", offered_until=until, appointment_id=held)
        await emit_entry(connection, events.WaitlistOffered, offered)
        return True
    return False


async def _free_slots(
    connection: Connection, context: Context, entry: EntryRow, tutor: uuid.UUID | None = None
) -> list[wire.Slot]:
    """Return the earliest times that meet an entry's wish, but for those that were offered before. A visit at a home
    needs an address, and one by phone a number, so these are for whoever asked for them."""
    if tutor is not None and entry.wish.get("tutor") not in (None, str(tutor)):
        return []
    wish = {name: value for name, value in entry.wish.items() if name not in ("from", "missed")}
    tutors = "each" if tutor or entry.wish.get("tutor") else "any"
    asked = wire.SlotSearch.model_validate(
        {"channel": "on_site", "tutor": tutor, **wish, "drop_in": False, "limit": LOOKED_AT, "tutors": tutors}
    )
    asked = asked.model_copy(update={"start": _begin(context, entry), "end": entry.until})
    while True:
        found = await search.free_slots(connection, asked, now=context.now, zone=context.zone)
        wanted = [slot for slot in found if slot.start.isoformat() not in entry.missed]
        if wanted or len(found) < LOOKED_AT:
            return wanted
        # All of these begin when they have missed one, at as many places: what comes later may do.
        asked = asked.model_copy(update={"start": found[-1].start + MINUTE})


def _begin(context: Context, entry: EntryRow) -> dt.datetime:
    """Return from when an entry wants a time."""
    start = entry.wish.get("from")
    wanted = midnight(dt.date.fromisoformat(str(start)), context.zone) if start else context.now
    return max(wanted, context.now)


async def accept(connection: Connection, context: Context, *, entry_id: uuid.UUID, to_verify: bool = False) -> Done:
    """Take the time that is offered to an entry; it becomes an appointment. One who has to verify it is only kept the
    time for meanwhile, and offered it still. Raises NotFound, OfferOver."""
    entry = await _lock(connection, entry_id)
    if entry.state == "booked":
        return Done(entry.id)
    citizen = await store.citizen_of(connection, entry.id)
    offer = entry.appointment_id if _is_offered(entry, context.now) else None
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


def _is_offered(entry: EntryRow, now: dt.datetime) -> bool:
    return entry.state == "offered" and (entry.offered_until is None or entry.offered_until > now)


async def withdraw(connection: Connection, context: Context, *, entry_id: uuid.UUID) -> Done:
    """Close an entry; a time that was kept for it goes to the next. Raises NotFound, WrongState."""
    entry = await _lock(connection, entry_id)
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
    of their place in the queue. Raises NotFound, also when the entry is closed and its citizen erased, and what is
    wrong with the details."""
    entry = await _lock(connection, entry_id)
    before = await store.citizen_of(connection, entry.id)
    if before is None:
        raise NotFound
    after = checked_citizen(wanted.citizen, str(entry.wish.get("channel") or "on_site"))
    await store.correct_citizen(connection, entry.id, after)
    if is_reached_anew(before, after):
        if _is_offered(entry, context.now):
            await emit_entry(connection, events.WaitlistOffered, entry)
        elif entry.state == "waiting":
            await emit_entry(connection, events.WaitlistCorrected, entry)
    return Done(entry.id)


async def pass_on(connection: Connection, context: Context, entry_id: uuid.UUID) -> None:
    """Give the time of an offer that was not answered to the next entry, and let this one wait on behind the others,
    or end it when it has missed too many."""
    entry = await _lock(connection, entry_id)
    if entry.state != "offered" or entry.appointment_id is None or _is_offered(entry, context.now):
        return
    held = await appointment_store.get(connection, entry.appointment_id)
    assert held is not None, "an appointment is never deleted"
    freed = await holds.lapse_hold(connection, context, held.id)
    await offer_freed(connection, context, freed)
    decision = after_missed(entry.missed, held.starts.astimezone(ZoneInfo(context.zone)).isoformat())
    if isinstance(decision, EndEntry):
        await store.close(connection, entry.id, "ended")
    else:
        await store.wait_again(connection, entry.id, context.now, decision.missed)
    state: wire.WaitlistState = "ended" if isinstance(decision, EndEntry) else "waiting"
    await emit_entry(connection, events.WaitlistMissed, replace(entry, state=state, offered_until=None))


async def end_if_over(connection: Connection, context: Context, entry_id: uuid.UUID) -> None:
    """Close an entry whose last acceptable date is over, and erase its contact details."""
    entry = await _lock(connection, entry_id)
    if entry.state == "waiting" and entry.until <= context.now:
        await _end(connection, entry)


async def _end(connection: Connection, entry: EntryRow) -> None:
    await store.close(connection, entry.id, "ended")
    await emit_entry(connection, events.WaitlistEnded, replace(entry, state="ended", offered_until=None))


async def _lock(connection: Connection, entry_id: uuid.UUID) -> EntryRow:
    entry = await store.lock(connection, entry_id)
    if entry is None:
        raise NotFound
    return entry

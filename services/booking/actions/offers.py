"""Offers of the waitlist: a time is kept for one of those who wait, they take it or it passes on.

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
from services.booking.actions.context import Context
from services.booking.actions.entries import emit_entry, is_offered, lock_entry
from services.booking.domain.waitlist import GRACE, EndEntry, after_missed, answer_by
from services.booking.domain.wall_time import MINUTE, midnight
from services.booking.problems import NotASlot
from services.booking.reads import search
from services.booking.refusals import SlotUnavailable
from services.booking.store import appointments as appointment_store
from services.booking.store import waitlist as store
from services.booking.store.waitlist import EntryRow
from shared.db import Connection
from shared.schemas import booking as wire
from shared.schemas import events

# So many of the earliest times that meet a wish are looked at; the first that can be held is offered.
LOOKED_AT = 5


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
    entry = await lock_entry(connection, entry_id)
    if entry.state == "waiting":
        await _offer(connection, context, entry)


async def _offer(connection: Connection, context: Context, entry: EntryRow, *, tutor: uuid.UUID | None = None) -> bool:
    """Keep the earliest time that meets an entry's wish for it; return whether there was one. With `tutor`, of that
    one only."""
    for slot in await free_slots(connection, context, entry, tutor):
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


async def free_slots(
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


async def pass_on(connection: Connection, context: Context, entry_id: uuid.UUID) -> None:
    """Give the time of an offer that was not answered to the next entry, and let this one wait on behind the others,
    or end it when it has missed too many."""
    entry = await lock_entry(connection, entry_id)
    if entry.state != "offered" or entry.appointment_id is None or is_offered(entry, context.now):
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

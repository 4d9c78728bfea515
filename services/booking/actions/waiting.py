"""The queue: somebody waits for a time, one is offered to them, they take it or it passes on.

A time that falls free is offered within the transaction that frees it, to the first in line whose wish it meets, by a
hold in their name. Whoever does not answer in time waits on behind the others, and the time passes to the next.
Everything that matters is a row, so a process that dies loses nothing: the next round goes on from there.
"""

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

from services.booking import search
from services.booking.actions import appointments
from services.booking.actions.context import Context
from services.booking.domain.appointments import manage_token
from services.booking.domain.time import DAY, midnight
from services.booking.domain.waiting import MOST_MISSED, answer_by
from services.booking.problems import InThePast, NotASlot, OfferOver, SlotRefused, ThereIsTime, WrongState
from services.booking.store import appointments as appointment_store
from services.booking.store import search as search_store
from services.booking.store import waiting as store
from services.booking.store.waiting import Waiting
from shared.db import Connection, new_id
from shared.feed import emit
from shared.keys import hash_token
from shared.problems import InvalidReference, NotFound, field_problem
from shared.schemas import booking as wire
from shared.schemas import events

# The hold outlives the time to answer a little, so that the time passes to the next in line before anybody sees it.
GRACE = dt.timedelta(minutes=2)


async def wait(connection: Connection, context: Context, *, wanted: wire.WaitlistInput) -> uuid.UUID:
    """Join the queue, for what is not free yet; where there is time already, it is named instead."""
    area = await search_store.area(connection, wanted.municipality)
    if area is None:
        raise InvalidReference(what=wanted.municipality)
    context.caller.require_region(area.region)
    until = midnight(wanted.until + DAY, context.zone)
    if until <= context.now:
        raise field_problem("/until", "until")
    citizen = appointments.checked(wanted.citizen, None, None, wanted.channel or "on_site")
    made = new_id()
    row = {
        "id": made,
        "region": area.region,
        "asked_at": context.now,
        "topic": wanted.topic,
        "wish": wanted.model_dump(mode="json", by_alias=True, exclude={"citizen", "until"}, exclude_none=True),
        "until": until,
        "asked_by": context.named,
        "token_hash": hash_token(manage_token(context.secret, made)),
    }
    await store.insert(connection, row, citizen)
    found = await _get(connection, made)
    if free := await _free(connection, context, found, None):
        raise ThereIsTime(free)
    await _emit(connection, events.WaitlistJoined, found)
    return found.id


async def offer_freed(connection: Connection, context: Context) -> None:
    """Offer the time that this transaction frees to those who wait for it, the first first."""
    while context.freed:
        tutors, context.freed[:] = list(dict.fromkeys(context.freed)), []
        for row in await store.in_line(connection, context.now, tutors=tutors):
            for tutor in tutors:
                if await _offer(connection, context, row, tutor=tutor):
                    break


async def _offer(connection: Connection, context: Context, row: Waiting, *, tutor: uuid.UUID | None = None) -> bool:
    """Keep the earliest time that meets a wish for whoever wished it; says whether there was one."""
    for slot in await _free(connection, context, row, tutor):
        until = answer_by(context.now, slot.start, context.zone)
        if slot.id is None or until is None:
            continue
        try:
            async with connection.transaction():
                held = await appointments.hold_for(connection, context, slot.id, row, until + GRACE)
        except (SlotRefused, NotASlot, InThePast):
            continue
        await store.offer(connection, row.id, held, until)
        await _emit(connection, events.WaitlistOffered, await _get(connection, row.id))
        return True
    return False


async def _free(connection: Connection, context: Context, row: Waiting, tutor: uuid.UUID | None) -> list[wire.Slot]:
    """The earliest times that meet a wish, but for those that were offered before. A visit at a home needs an address,
    and one by phone a number, so these are for whoever asked for them."""
    if tutor is not None and row.wish.get("tutor") not in (None, str(tutor)):
        return []
    wish = {name: value for name, value in row.wish.items() if name not in ("from", "missed")}
    missed, start = row.wish.get("missed", []), row.wish.get("from")
    begin = midnight(dt.date.fromisoformat(start), context.zone) if start else context.now
    tutors = "each" if tutor or row.wish.get("tutor") else "any"
    asked = wire.SlotSearch.model_validate(
        {"channel": "on_site", "tutor": tutor, **wish, "drop_in": False, "limit": 5, "tutors": tutors}
    )
    asked = asked.model_copy(update={"start": max(begin, context.now), "end": row.until})
    found = await search.free(connection, asked, now=context.now, zone=context.zone)
    return [slot for slot in found if slot.start.isoformat() not in missed]


async def accept(connection: Connection, context: Context, *, waiting_id: uuid.UUID) -> uuid.UUID:
    """Take the time that is offered; it becomes an appointment."""
    row = await _get(connection, waiting_id, lock=True)
    if row.state == "booked":
        return row.id
    citizen = await store.citizen(connection, waiting_id)
    if row.state != "offered" or row.appointment_id is None or citizen is None:
        raise OfferOver
    if row.offered_until is not None and row.offered_until <= context.now:
        raise OfferOver
    held = await appointments.locked(connection, row.appointment_id)
    if held.state != "held":
        raise OfferOver
    await appointments.confirm(connection, context, held, {**citizen, "note": None, "address": None})
    await store.close(connection, row.id, "booked")
    await _emit(connection, events.WaitlistBooked, await _get(connection, row.id))
    return row.id


async def leave(connection: Connection, context: Context, *, waiting_id: uuid.UUID) -> uuid.UUID:
    """Leave the queue; a time that was kept goes to the next."""
    row = await _get(connection, waiting_id, lock=True)
    if row.state == "ended":
        return row.id
    if row.state == "booked":
        raise WrongState
    await store.close(connection, row.id, "ended")
    if row.state == "offered" and row.appointment_id is not None:
        await appointments.give_up(connection, context, row.appointment_id)
    await _emit(connection, events.WaitlistEnded, await _get(connection, row.id))
    return row.id


async def pass_on(connection: Connection, context: Context, *, waiting_id: uuid.UUID) -> None:
    """The time to answer is over: what was kept goes to the next in line."""
    row = await _get(connection, waiting_id, lock=True)
    if row.state != "offered" or row.appointment_id is None or (row.offered_until or context.now) > context.now:
        return
    held = await appointment_store.get(connection, row.appointment_id)
    assert held is not None
    await appointments.give_up(connection, context, held.id)
    await offer_freed(connection, context)
    missed = [*row.wish.get("missed", []), held.starts.astimezone(ZoneInfo(context.zone)).isoformat()]
    if len(missed) >= MOST_MISSED:
        await store.close(connection, row.id, "ended")
    else:
        await store.back_to_the_end(connection, row.id, context.now, {**row.wish, "missed": missed})
    await _emit(connection, events.WaitlistMissed, await _get(connection, row.id))


async def end_if_over(connection: Connection, context: Context, *, waiting_id: uuid.UUID) -> None:
    """Whose last day has passed waits no longer, and is forgotten."""
    row = await _get(connection, waiting_id, lock=True)
    if row.state == "waiting" and row.until <= context.now:
        await store.close(connection, row.id, "ended")
        await _emit(connection, events.WaitlistEnded, await _get(connection, row.id))


async def offer_if_free(connection: Connection, context: Context, *, waiting_id: uuid.UUID) -> None:
    """Offer what is free by now to somebody who waits; for times that fell free without anybody's doing."""
    row = await _get(connection, waiting_id, lock=True)
    if row.state == "waiting":
        await _offer(connection, context, row)


async def _get(connection: Connection, waiting_id: uuid.UUID, *, lock: bool = False) -> Waiting:
    row = await store.get(connection, waiting_id, lock=lock)
    if row is None:
        raise NotFound
    return row


async def _emit(connection: Connection, event: type[events.WaitlistEvent], row: Waiting) -> None:
    await emit(connection, event.model_validate(row), region=row.region)

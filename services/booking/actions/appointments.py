"""Holding, booking, moving, cancelling and closing appointments. Each is one transaction with its history, its event
and the free spans."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from services.booking import screening, search, words
from services.booking.actions import claims, spans
from services.booking.actions.claims import Taken
from services.booking.actions.context import Context, on_our_own
from services.booking.domain.appointments import SlotKey, State, Step, after, manage_token, wrong_answers
from services.booking.domain.time import DAY, instant
from services.booking.problems import (
    HoldLapsed,
    NobodyElse,
    NotASlot,
    SeriesClash,
    SlotGone,
    SlotRefused,
    SlotTaken,
    WrongState,
)
from services.booking.store import appointments as store
from services.booking.store import claims as claim_store
from services.booking.store import offerings as offering_store
from services.booking.store.appointments import Appointment
from services.booking.store.search import scope_of
from services.booking.store.waiting import Waiting
from shared import contacts
from shared.conditional import unchanged
from shared.db import Connection, new_id
from shared.feed import emit
from shared.keys import hash_token
from shared.problems import NotFound, SensitiveText, fields_problem
from shared.schemas import booking as wire
from shared.schemas import events

LONGEST_HOLD = dt.timedelta(hours=1)
CLOCK = "clock"
Details = dict[str, Any]


async def gone(connection: Connection, context: Context, *, wanted: wire.HoldInput | wire.AppointmentInput) -> None:
    """Refuse a slot that is plainly not free, before anything is locked for it."""
    if wanted.slot_id is not None:
        slot = decoded(wanted.slot_id)
        if not await claim_store.seems_free(connection, slot, wanted.topic, context.now):
            raise await claims.refused(
                connection, slot, wanted.topic, context.now, context.zone, context.refused_together
            )


async def hold(connection: Connection, context: Context, *, wanted: wire.HoldInput) -> uuid.UUID:
    """Keep a slot's time for a while; it is free again by itself when the time is up."""
    expires = context.now + dt.timedelta(minutes=wanted.minutes)
    made = new_id()
    taken = await _claim(connection, context, decoded(wanted.slot_id), wanted.topic, made, expires=expires)
    await _write(connection, context, made, taken, wanted.topic, expires=expires)
    return made


async def hold_for(
    connection: Connection, context: Context, slot_id: str, waiting: Waiting, expires: dt.datetime
) -> uuid.UUID:
    """Keep a slot's time for somebody who waits."""
    made, slot = new_id(), decoded(slot_id)
    taken = await claims.take(
        connection, slot, waiting.topic, session=made, now=context.now, zone=context.zone, expires=expires
    )
    await _write(connection, context, made, taken, waiting.topic, expires=expires, waiting_id=waiting.id)
    return made


async def give_up(connection: Connection, context: Context, hold_id: uuid.UUID) -> None:
    """End a hold that was kept for somebody who waits."""
    row = await locked(connection, hold_id)
    if row.state == "held":
        row = await _step(connection, context, row, "lapse", CLOCK, expires=None)
        await _free(connection, context, row)
        await emit_step(connection, events.AppointmentLapsed, row, by=CLOCK)


async def keep_holding(connection: Connection, context: Context, *, hold_id: uuid.UUID) -> uuid.UUID:
    """Ten more minutes, up to an hour from the beginning."""
    row = await _held(connection, context, hold_id)
    expires = min(context.now + dt.timedelta(minutes=10), row.created_at + LONGEST_HOLD)
    if row.expires is None or expires <= row.expires:
        return row.id
    row = await _step(connection, context, row, "extend", _actor(context), expires=expires)
    others = await claim_store.live_seats(connection, row.session_id, but=row.id, now=context.now)
    if None not in others:
        latest = max([expires, *(until for until in others if until)])
        await claim_store.keep_until(connection, row.session_id, latest)
    await claims.refresh(connection, row, now=context.now, zone=context.zone)
    return row.id


async def let_go(connection: Connection, context: Context, *, hold_id: uuid.UUID) -> None:
    """Give a held time back before its time is up."""
    row = await _held(connection, context, hold_id)
    row = await _step(connection, context, row, "release", _actor(context), expires=None)
    await _free(connection, context, row)
    await emit_step(connection, events.AppointmentCancelled, row, by=_actor(context))


async def _held(connection: Connection, context: Context, hold_id: uuid.UUID) -> Appointment:
    """A hold that has not run out, locked."""
    row = await locked(connection, hold_id)
    if row.state != "held" or row.expires is None or row.expires <= context.now:
        key = slot_of(row)
        alternatives = await search.alternatives(connection, key, row.topic, now=context.now, zone=context.zone)
        raise HoldLapsed(alternatives)
    return row


async def book(connection: Connection, context: Context, *, wanted: wire.AppointmentInput) -> uuid.UUID:
    """Book a slot, or a time that is held, for a citizen."""
    if wanted.hold_id is not None:
        row = await _held(connection, context, wanted.hold_id)
        if row.topic != wanted.topic:
            raise NotASlot
        citizen = checked(wanted.citizen, wanted.note, wanted.address, row.channel)
        citizen |= await _answered(connection, row.offering_id, wanted.answers)
        return await confirm(connection, context, row, citizen)
    slot = decoded(wanted.slot_id or "")
    citizen = checked(wanted.citizen, wanted.note, wanted.address, slot.channel)
    citizen |= await _answered(connection, slot.offering_id, wanted.answers)
    made = new_id()
    taken = await _claim(connection, context, slot, wanted.topic, made, prefer=wanted.prefer)
    await _write(connection, context, made, taken, wanted.topic, citizen=citizen)
    return made


async def confirm(connection: Connection, context: Context, row: Appointment, citizen: Details) -> uuid.UUID:
    """Make an appointment of a time that is held. Its tutor may have gone away meanwhile; then it is refused."""
    if row.id in await spans.outside(connection, [row.tutor_id], now=context.now, zone=context.zone):
        key = slot_of(row)
        raise SlotGone(await search.alternatives(connection, key, row.topic, now=context.now, zone=context.zone))
    booked = await _step(
        connection,
        context,
        row,
        "book",
        _actor(context),
        expires=None,
        booked_by=context.named,
        booked_for_organisation=context.caller.client_organisation,
    )
    await claim_store.keep_until(connection, row.session_id, None)
    await _know(connection, context, row.id, citizen)
    await claims.refresh(connection, booked, now=context.now, zone=context.zone)
    await emit_step(connection, events.AppointmentBooked, booked)
    return row.id


async def book_series(connection: Connection, context: Context, *, wanted: wire.SeriesInput) -> uuid.UUID:
    """Book the same wall-clock time in several weeks, all or none; the date that clashes is named."""
    slot = decoded(wanted.slot_id)
    citizen = checked(wanted.citizen, wanted.note, wanted.address, slot.channel)
    citizen |= await _answered(connection, slot.offering_id, wanted.answers)
    local = slot.start.astimezone(ZoneInfo(context.zone))
    series, tutor = new_id(), slot.tutor_id
    for week in range(wanted.count):
        date = local.date() + 7 * DAY * wanted.every_weeks * week
        each = slot._replace(start=instant(date, local.time(), context.zone))
        made = new_id()
        try:
            taken = await _claim(connection, context, each, wanted.topic, made, prefer=tutor)
        except (SlotRefused, NotASlot) as refused:
            raise SeriesClash(refused.extensions.get("alternatives", []), date) from None
        tutor = tutor or taken.slot.tutor_id
        await _write(connection, context, made, taken, wanted.topic, citizen=citizen, series=series)
    return series


def decoded(slot_id: str) -> SlotKey:
    """What a slot's id says."""
    slot = SlotKey.decode(slot_id)
    if slot is None:
        raise NotASlot
    return slot


def slot_of(row: Appointment) -> SlotKey:
    """The slot that an appointment has."""
    return SlotKey(
        tutor_id=row.tutor_id,
        offering_id=row.offering_id,
        service_point_id=row.service_point_id,
        channel=row.channel,
        duration=row.duration,
        start=row.starts,
        municipality=row.municipality,
    )


def checked(citizen: wire.Citizen, note: str | None, address: str | None, channel: str) -> Details:
    """The citizen's details as they are kept. An address is asked for a visit at home, and kept for nothing else."""
    if any(screening.is_sensitive(text) for text in (citizen.name, note, address) if text):
        raise SensitiveText
    phone = contacts.phone(citizen.phone) if citizen.phone else None
    email = contacts.email(citizen.email) if citizen.email else None
    wrong = {}
    if citizen.phone and phone is None:
        wrong["/citizen/phone"] = "phone"
    elif channel == "phone" and phone is None:
        wrong["/citizen/phone"] = "phone_needed"
    if citizen.email and email is None:
        wrong["/citizen/email"] = "email"
    if (channel == "home") != bool(address):
        wrong["/address"] = "address_needed" if channel == "home" else "address_not_needed"
    if wrong:
        raise fields_problem(wrong)
    details = {"name": citizen.name, "phone": phone, "email": email, "language": citizen.language}
    return {**details, "note": note or None, "address": address}


async def _answered(connection: Connection, offering: uuid.UUID, answers: Mapping[str, str]) -> Details:
    """The citizen's answers to what the offering asks, as they are kept."""
    asked = (await offering_store.questions(connection, [offering])).get(offering, [])
    if wrong := wrong_answers(asked, answers):
        raise fields_problem(wrong)
    if any(screening.is_sensitive(text) for text in answers.values()):
        raise SensitiveText
    return {"answers": Jsonb(dict(answers))}


async def _claim(
    connection: Connection,
    context: Context,
    slot: SlotKey,
    topic: str,
    made: uuid.UUID,
    *,
    expires: dt.datetime | None = None,
    prefer: uuid.UUID | None = None,
) -> Taken:
    """Claim a slot for a new session, for a caller who may book in its region."""
    if context.caller.region is not None:
        region, _municipality = await scope_of(connection, slot.tutor_id, slot.offering_id, slot.service_point_id)
        context.caller.require_region(region or context.caller.region)
    return await claims.take(
        connection, slot, topic, session=made, now=context.now, zone=context.zone, expires=expires, prefer=prefer
    )


async def _write(
    connection: Connection,
    context: Context,
    made: uuid.UUID,
    taken: Taken,
    topic: str,
    *,
    citizen: Details | None = None,
    expires: dt.datetime | None = None,
    series: uuid.UUID | None = None,
    waiting_id: uuid.UUID | None = None,
) -> None:
    """Write a new appointment or hold, its first step, its citizen and its event; and make the free spans follow."""
    step: Step = "hold" if expires else "book"
    row = Appointment(
        id=made,
        session_id=taken.session_id,
        region=taken.region,
        organisation_id=taken.organisation_id,
        tutor_id=taken.tutors[0],
        offering_id=taken.slot.offering_id,
        service_point_id=taken.slot.service_point_id,
        municipality=taken.slot.municipality,
        channel=taken.slot.channel,
        topic=topic,
        starts=taken.slot.start,
        ends=taken.ends,
        state="held" if expires else "booked",
        sequence=0,
        seat=taken.seat,
        capacity=taken.capacity,
        series_id=series,
        waiting_id=waiting_id,
        expires=expires,
        result=None,
        manages_alone=None,
        booked_by=context.named,
        booked_for_organisation=context.caller.client_organisation,
        created_at=context.now,
    )
    async with connection.pipeline():
        await store.insert(connection, row.__dict__)
        await store.record(connection, _history(context, row, step, None, row.state, _actor(context)))
        if citizen is not None:
            await _know(connection, context, made, citizen)
        await emit_step(connection, events.AppointmentHeld if expires else events.AppointmentBooked, row)
    await claims.settle(connection, taken, topic, now=context.now, zone=context.zone, expires=expires)


async def _know(connection: Connection, context: Context, made: uuid.UUID, citizen: Details) -> None:
    """Keep what the visit needs to know of the citizen."""
    known = {
        "appointment_id": made,
        "answers": Jsonb({}),
        "code_word": words.choose(citizen["language"] or "fi"),
        "token_hash": hash_token(manage_token(context.secret, made)),
    }
    await store.insert_citizen(connection, known | citizen)


def _actor(context: Context) -> str:
    return {"anonymous": "citizen", "client": "client", "service": CLOCK}.get(context.caller.kind, "staff")


async def cancel(
    connection: Connection,
    context: Context,
    *,
    appointment_id: uuid.UUID,
    actor: wire.Actor,
    reason: wire.Reason | None = None,
    if_match: int | None = None,
) -> uuid.UUID:
    """Cancel, and free the time at once. One that is cancelled already stays as it is."""
    row = await locked(connection, appointment_id)
    if row.state == "cancelled":
        return row.id
    unchanged(row.sequence, if_match)
    if actor == "citizen" and row.starts <= context.now:
        raise WrongState
    had_time = row.state != "displaced"
    row = await _step(connection, context, row, "cancel", actor, reason=reason)
    await emit_step(connection, events.AppointmentCancelled, row, by=actor)
    if had_time:
        await _free(connection, context, row)
    return row.id


async def _free(connection: Connection, context: Context, row: Appointment) -> None:
    """Give an appointment's time back."""
    context.freed.extend(await claims.give_back(connection, row, now=context.now, zone=context.zone))


async def reschedule(
    connection: Connection,
    context: Context,
    *,
    appointment_id: uuid.UUID,
    actor: wire.Actor,
    slot_id: str,
    if_match: int | None = None,
) -> uuid.UUID:
    """Move to another slot: the new time is taken and the old one freed in one transaction, or nothing changes."""
    slot = decoded(slot_id)
    row = await locked(connection, appointment_id, *([slot.tutor_id] if slot.tutor_id else []))
    if row.state == "booked" and slot_of(row) == slot:
        return row.id
    unchanged(row.sequence, if_match)
    if actor == "citizen" and row.state == "booked" and row.starts <= context.now:
        raise WrongState
    await _fits_its_citizen(connection, row, slot)
    return await _replace(connection, context, row, slot, "move", actor)


async def _fits_its_citizen(connection: Connection, row: Appointment, slot: SlotKey) -> None:
    """A visit does not move to a home, whose address was never asked, nor to the phone of somebody who has none; and an
    address is forgotten when it is not needed any more."""
    if slot.channel == row.channel:
        return
    if slot.channel == "home":
        raise fields_problem({"/slot_id": "address_needed"})
    [shown] = await store.shown(connection, [row.id])
    if slot.channel == "phone" and shown.phone is None:
        raise fields_problem({"/slot_id": "phone_needed"})
    if row.channel == "home":
        await store.forget_address(connection, row.id)


async def reassign(
    connection: Connection,
    context: Context,
    *,
    appointment_id: uuid.UUID,
    actor: str,
    to: uuid.UUID | None = None,
    if_match: int | None = None,
) -> uuid.UUID:
    """Give an appointment to another helper who is free at the same time and place: the one named, or the fairest."""
    row = await locked(connection, appointment_id, *([to] if to else []))
    unchanged(row.sequence, if_match)
    if to == row.tutor_id:
        return row.id
    try:
        return await _replace(connection, context, row, slot_of(row).by(to), "reassign", actor)
    except SlotRefused as refused:
        raise NobodyElse(refused.extensions.get("alternatives", [])) from None


async def _replace(
    connection: Connection, context: Context, row: Appointment, slot: SlotKey, step: Step, actor: str
) -> uuid.UUID:
    """Let go of an appointment's time and take another, or leave everything as it was.

    The old time is let go first within the transaction, so that a shift by a quarter of an hour is possible. Everybody
    in a group session goes along when it is reassigned.
    """
    together = [row] if step == "move" else await _company(connection, context, row)
    # On the way they have no time, which the database allows only to who is displaced.
    moved = [await _step(connection, context, each, step, actor, state="displaced") for each in together]
    if row.state == "booked":
        await _free(connection, context, moved[0])
    session = new_id()
    taken = await claims.take(
        connection,
        slot,
        row.topic,
        session=session,
        now=context.now,
        zone=context.zone,
        but=None if step == "move" else row.tutor_id,
        # A reassignment is for this very visit, near as it may be.
        at_any_notice=step == "reassign",
    )
    if len(moved) > 1 and taken.session_id != session:
        raise SlotTaken([])  # the other helper has a group of their own at that time
    if taken.organisation_id != row.organisation_id:  # whose feed and citizens would change hands
        raise NotASlot
    for number, each in enumerate(moved):
        new = await store.update(
            connection,
            each.id,
            state="booked",
            session_id=taken.session_id,
            tutor_id=taken.tutors[0],
            offering_id=taken.slot.offering_id,
            service_point_id=taken.slot.service_point_id,
            municipality=taken.slot.municipality,
            channel=taken.slot.channel,
            starts=taken.slot.start,
            ends=taken.ends,
            seat=taken.seat + number,
            capacity=taken.capacity,
        )
        moved_event = events.AppointmentMoved if step == "move" else events.AppointmentReassigned
        await emit_step(connection, moved_event, new, by=actor)
    await claims.settle(connection, taken, row.topic, now=context.now, zone=context.zone)
    return row.id


async def _company(connection: Connection, context: Context, row: Appointment) -> list[Appointment]:
    """Everybody who is booked into an appointment's session, itself among them; seats that are only held are let go."""
    if row.state != "booked":
        raise WrongState
    together = await store.of_session(connection, row.session_id)
    for each in together:
        if each.state == "held":
            await _step(connection, context, each, "release", CLOCK, expires=None)
    return [each for each in together if each.state == "booked"]


async def displace(connection: Connection, context: Context, row: Appointment, reason: wire.Reason, actor: str) -> None:
    """Take an appointment's time away and ask the citizen to choose another."""
    moved = await _step(connection, context, row, "displace", actor, reason=reason)
    await _free(connection, context, moved)
    await emit_step(connection, events.AppointmentDisplaced, moved, by=actor)


async def mark_outcome(
    connection: Connection,
    context: Context,
    *,
    appointment_id: uuid.UUID,
    actor: wire.Actor,
    outcome: wire.OutcomeInput,
    if_match: int | None = None,
) -> uuid.UUID:
    """Say who came and how it ended; a slip can be corrected by saying it again."""
    row = await locked(connection, appointment_id)
    unchanged(row.sequence, if_match)
    step: Step = "mark_attended" if outcome.attended else "mark_no_show"
    row = await _step(connection, context, row, step, actor, result=outcome.result, manages_alone=outcome.manages_alone)
    await emit_step(connection, events.AppointmentClosed, row, by=actor)
    return row.id


async def erase(connection: Connection, context: Context, *, appointment_id: uuid.UUID, actor: wire.Actor) -> uuid.UUID:
    """Forget the citizen of an appointment at once; one that is still to come is cancelled first. What happened, and
    when, stays, with nobody's name on it."""
    row = await locked(connection, appointment_id)
    if row.state in ("booked", "displaced") and row.starts > context.now:
        await cancel(connection, context, appointment_id=appointment_id, actor=actor)
        row = await locked(connection, appointment_id)
    await store.forget(connection, appointment_id)
    await store.record(connection, _history(context, row, "erase", row.state, row.state, actor))
    await emit_step(connection, events.AppointmentErased, row, by=actor)
    return row.id


async def forget_old(connection: Connection, now: dt.datetime) -> int:
    """Erase whoever has been kept as long as their organisation keeps details; answers how many."""
    context = on_our_own(now, "UTC", "")
    gone = await store.forget_old(connection, now)
    for appointment_id in gone:
        row = await store.get(connection, appointment_id)
        assert row
        await store.record(connection, _history(context, row, "erase", row.state, row.state, CLOCK))
        await emit_step(connection, events.AppointmentErased, row, by=CLOCK)
    return len(gone)


async def locked(connection: Connection, appointment_id: uuid.UUID, *tutors: uuid.UUID) -> Appointment:
    """The appointment, its tutors (and the others named) locked, as it is under the locks."""
    found = await store.get(connection, appointment_id)
    while found is not None:
        await claims.hold_on(connection, found, tutors)
        seen = found.tutor_id
        found = await store.get(connection, appointment_id, lock=True)
        if found is not None and found.tutor_id == seen:
            return found
    raise NotFound


async def _step(
    connection: Connection,
    context: Context,
    row: Appointment,
    step: Step,
    actor: str,
    reason: wire.Reason | None = None,
    **values: Any,
) -> Appointment:
    """Take a step of the table of transitions, or refuse; with its line in the history."""
    following = after(row.state, step)
    if following is None:
        raise WrongState
    await store.record(connection, _history(context, row, step, row.state, following, actor, reason))
    return await store.update(connection, row.id, **{"state": following, **values})


def _history(
    context: Context,
    row: Appointment,
    step: str,
    before: State | None,
    after: State,
    actor: str,
    reason: str | None = None,
) -> dict[str, Any]:
    """A line of the history: how long before its start, in minutes, an appointment went from one state to another."""
    return {
        "id": row.id,
        "at": context.now,
        "step": step,
        "from_state": before,
        "to_state": after,
        "actor": actor,
        "caller": context.named,
        "reason": reason,
        "minutes_before": int((row.starts - context.now).total_seconds() // 60),
    }


async def emit_step(
    connection: Connection, event: type[events.AppointmentEvent], row: Appointment, by: str | None = None
) -> None:
    """Emit an event about an appointment: ids and times, nothing of the citizen."""
    values = {name: getattr(row, name) for name in EVENT_COLUMNS}
    written = event.model_validate({**values, "start": row.starts, "end": row.ends, "by": by})
    await emit(connection, written, organisation_id=row.organisation_id, region=row.region)


EVENT_COLUMNS = (
    "id",
    "state",
    "sequence",
    "channel",
    "topic",
    "region",
    "tutor_id",
    "offering_id",
    "organisation_id",
    "service_point_id",
    "result",
)

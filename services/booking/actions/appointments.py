"""Booking, moving, cancelling and closing appointments. Each is one transaction with its event and the free spans."""

import datetime as dt
import uuid
from collections.abc import Mapping

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.booking import screening, search, store, words
from services.booking.actions import spans
from services.booking.domain.appointments import Refusal, SlotKey, Step, after, manage_token, why_refused
from services.booking.domain.time import on_grid
from services.booking.models import Appointment, Citizen, Offering, Tutor
from services.booking.problems import InThePast, NotASlot, SlotGone, SlotTaken, WrongState
from shared import contacts
from shared.auth import Principal
from shared.feed import emit
from shared.intervals import Interval
from shared.keys import hash_token
from shared.problems import NotFound, Problem, SensitiveText, fields_problem
from shared.schemas import booking as wire


async def book(
    session: AsyncSession,
    *,
    caller: Principal,
    wanted: wire.AppointmentInput,
    secret: str,
    now: dt.datetime,
    zone: str,
) -> uuid.UUID:
    """Book a slot for a citizen, for a caller who may; raises a problem that names alternatives when it is taken."""
    slot = _decoded(wanted.slot_id)
    citizen = _checked(wanted.citizen, wanted.note, slot.channel)
    await store.lock_tutors(session, slot.tutor_id)
    region = await _claim(session, slot, wanted.topic, now, zone)
    caller.require_region(region)
    tutor, offering = (
        await session.get_one(Tutor, slot.tutor_id),
        await session.get_one(Offering, slot.offering_id),
    )
    appointment = Appointment(
        region=region,
        organisation_id=tutor.organisation_id,
        topic=wanted.topic,
        state="booked",
        booked_by=f"{caller.kind}:{caller.id}",
        booked_for_organisation=caller.client_organisation,
    )
    await _write(session, appointment, _times(slot, offering), slot, wanted.topic, now, zone)
    token = manage_token(secret, appointment.id)
    session.add(
        Citizen(
            appointment_id=appointment.id,
            **citizen,
            note=wanted.note or None,
            code_word=words.choose(wanted.citizen.language),
            token_hash=hash_token(token),
        )
    )
    await spans.refresh_around(session, slot.tutor_id, _busy(appointment), now=now, zone=zone)
    await _emit(session, "booked", appointment)
    return appointment.id


def _checked(citizen: wire.Citizen, note: str | None, channel: str) -> dict[str, str | None]:
    """The citizen's details as they are kept."""
    if any(screening.is_sensitive(text) for text in (citizen.name, note) if text):
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
    if wrong:
        raise fields_problem(wrong)
    return {"name": citizen.name, "phone": phone, "email": email, "language": citizen.language}


def _decoded(slot_id: str) -> SlotKey:
    slot = SlotKey.decode(slot_id)
    if slot is None:
        raise NotASlot
    return slot


def _times(slot: SlotKey, offering: Offering) -> dict[str, object]:
    end = slot.start + dt.timedelta(minutes=offering.duration_minutes)
    busy = Range(
        slot.start - dt.timedelta(minutes=offering.buffer_before_minutes),
        end + dt.timedelta(minutes=offering.buffer_after_minutes),
    )
    return {
        "tutor_id": slot.tutor_id,
        "offering_id": slot.offering_id,
        "service_point_id": slot.service_point_id,
        "channel": slot.channel,
        "starts": slot.start,
        "ends": end,
        "busy": busy,
    }


def _busy(appointment: Appointment) -> Interval:
    assert appointment.busy.lower
    assert appointment.busy.upper
    return Interval(appointment.busy.lower, appointment.busy.upper)


async def _claim(session: AsyncSession, slot: SlotKey, topic: str, now: dt.datetime, zone: str) -> str:
    """The region of the slot, if it can be booked now; the caller holds the tutor's lock."""
    region = await store.region_if_free(session, slot, topic, now)
    if region is None:
        raise await _refused(session, slot, topic, now, zone)
    return region


async def _refused(session: AsyncSession, slot: SlotKey, topic: str, now: dt.datetime, zone: str) -> Problem:
    """The problem that says why a slot is not free."""
    tutor, offering = await session.get(Tutor, slot.tutor_id), await session.get(Offering, slot.offering_id)
    known = tutor is not None and offering is not None and offering.organisation_id == tutor.organisation_id
    serves = tutor is not None and offering is not None and topic in set(tutor.topics) & set(offering.topics)
    busy = _times(slot, offering)["busy"] if offering is not None else None
    reason = why_refused(
        slot.start,
        now,
        known=known,
        serves_topic=serves,
        on_grid=on_grid(slot.start, offering.grid_minutes if offering is not None else 1, zone),
        collides=isinstance(busy, Range) and await store.collides(session, slot.tutor_id, busy),
    )
    if reason is Refusal.PAST:
        return InThePast()
    if reason is Refusal.NO_SLOT:
        return NotASlot()
    alternatives = await search.alternatives(session, slot, topic, now=now, zone=zone)
    return (SlotTaken if reason is Refusal.TAKEN else SlotGone)(alternatives)


async def _write(
    session: AsyncSession,
    appointment: Appointment,
    values: Mapping[str, object],
    slot: SlotKey,
    topic: str,
    now: dt.datetime,
    zone: str,
) -> None:
    """Write the claim. The database is the referee: should another process hold the time after all, it is taken."""
    try:
        async with session.begin_nested():
            for name, value in values.items():
                setattr(appointment, name, value)
            session.add(appointment)
    except IntegrityError as error:
        if "tutor_in_one_place" not in str(error.orig):
            raise
        raise SlotTaken(await search.alternatives(session, slot, topic, now=now, zone=zone)) from None


async def _locked(session: AsyncSession, appointment_id: uuid.UUID, *tutors: uuid.UUID) -> Appointment:
    """The appointment, its tutor (and the others named) locked, as it is under the lock."""
    found = await session.get(Appointment, appointment_id)
    if found is None:
        raise NotFound
    await store.lock_tutors(session, found.tutor_id, *tutors)
    seen = found.tutor_id
    await session.refresh(found, with_for_update=True)
    if found.tutor_id != seen:  # moved to another tutor just now: whoever asked saw an appointment that is no more
        raise WrongState
    return found


async def cancel(
    session: AsyncSession, *, appointment_id: uuid.UUID, actor: wire.Actor, now: dt.datetime, zone: str
) -> uuid.UUID:
    """Cancel, and free the time at once. One that is cancelled already stays as it is."""
    appointment = await _locked(session, appointment_id)
    if appointment.state == "cancelled":
        return appointment.id
    _step(appointment, "cancel")
    if actor == "citizen" and appointment.starts <= now:
        raise WrongState
    appointment.cancelled_by, appointment.cancelled_at = actor, now
    await session.flush()
    await spans.refresh_around(session, appointment.tutor_id, _busy(appointment), now=now, zone=zone)
    await _emit(session, "cancelled", appointment, by=actor)
    return appointment.id


async def reschedule(
    session: AsyncSession,
    *,
    appointment_id: uuid.UUID,
    actor: wire.Actor,
    slot_id: str,
    now: dt.datetime,
    zone: str,
) -> uuid.UUID:
    """Move to another slot: the new time is taken and the old one freed in one transaction, or nothing changes."""
    slot = _decoded(slot_id)
    appointment = await _locked(session, appointment_id, slot.tutor_id)
    if appointment.state == "booked" and SlotKey(*_place(appointment), start=appointment.starts) == slot:
        return appointment.id
    if actor == "citizen" and appointment.starts <= now:
        raise WrongState
    old_tutor, old_busy = appointment.tutor_id, _busy(appointment)
    _step(appointment, "move")
    # Within this transaction only, the old time is let go first, so that a shift by a quarter of an hour is possible.
    appointment.state = "cancelled"
    await session.flush()
    await spans.refresh_around(session, old_tutor, old_busy, now=now, zone=zone)
    await _claim(session, slot, appointment.topic, now, zone)
    offering = await session.get_one(Offering, slot.offering_id)
    if offering.organisation_id != appointment.organisation_id:  # whose feed and citizens would change hands
        raise NotASlot
    new = _times(slot, offering) | {"state": "booked"}
    await _write(session, appointment, new, slot, appointment.topic, now, zone)
    await spans.refresh_around(session, slot.tutor_id, _busy(appointment), now=now, zone=zone)
    await _emit(session, "moved", appointment, by=actor)
    return appointment.id


def _place(appointment: Appointment) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID | None, str]:
    return appointment.tutor_id, appointment.offering_id, appointment.service_point_id, appointment.channel


async def mark_outcome(
    session: AsyncSession, *, appointment_id: uuid.UUID, actor: wire.Actor, outcome: wire.OutcomeInput
) -> uuid.UUID:
    """Say who came and how it ended; a slip can be corrected by saying it again."""
    appointment = await _locked(session, appointment_id)
    _step(appointment, "mark_attended" if outcome.attended else "mark_no_show")
    appointment.result, appointment.manages_alone = outcome.result, outcome.manages_alone
    await session.flush()
    await _emit(session, "closed", appointment, by=actor)
    return appointment.id


def _step(appointment: Appointment, step: Step) -> None:
    """Take a step of the table of transitions, or refuse."""
    following = after(appointment.state, step)
    if following is None:
        raise WrongState
    appointment.state = following
    appointment.sequence += 1


async def _emit(session: AsyncSession, what: str, appointment: Appointment, by: wire.Actor | None = None) -> None:
    """Tell of an appointment: ids and times, nothing of the citizen."""
    data = {
        "id": str(appointment.id),
        "state": appointment.state,
        "sequence": appointment.sequence,
        "start": appointment.starts.isoformat(),
        "end": appointment.ends.isoformat(),
        "channel": appointment.channel,
        "topic": appointment.topic,
        "region": appointment.region,
        "tutor_id": str(appointment.tutor_id),
        "offering_id": str(appointment.offering_id),
        "organisation_id": str(appointment.organisation_id),
        "service_point_id": str(appointment.service_point_id) if appointment.service_point_id else None,
        "result": appointment.result,
        "by": by,
    }
    await emit(
        session,
        f"appointment.{what}",
        appointment.id,
        data,
        organisation_id=appointment.organisation_id,
        region=appointment.region,
    )

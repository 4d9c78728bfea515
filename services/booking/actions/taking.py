"""Taking a slot for somebody: its claim, the new appointment with its first step and event, and the free spans."""

import datetime as dt
import uuid
from dataclasses import dataclass

from services.booking import code_words
from services.booking.actions import claims
from services.booking.actions.claims import Taken, TakeOptions
from services.booking.actions.context import Context
from services.booking.actions.steps import actor_of, emit_appointment, line
from services.booking.domain.manage_tokens import manage_token
from services.booking.domain.slots import RefusedSlot, SlotKey
from services.booking.domain.states import Step
from services.booking.refusals import SlotUnavailable
from services.booking.store import appointments as store
from services.booking.store import areas, citizens
from services.booking.store.appointments import AppointmentRow
from services.booking.store.citizens import CitizenDetails
from shared.db import Connection
from shared.keys import hash_token
from shared.schemas import events


@dataclass(frozen=True)
class NewAppointment:
    """What a slot is taken for. With `expires` it is only held, until then; `entry` is the waitlist entry that it is
    offered to."""

    id: uuid.UUID
    topic: str
    citizen: CitizenDetails | None = None
    expires: dt.datetime | None = None
    series: uuid.UUID | None = None
    entry: uuid.UUID | None = None


async def take_slot(
    connection: Connection, context: Context, slot: SlotKey, new: NewAppointment, *, prefer: uuid.UUID | None = None
) -> AppointmentRow:
    """Take a slot and write its appointment; return it. Raises SlotUnavailable."""
    options = TakeOptions(new.id, context.now, context.zone, expires=new.expires, prefer=prefer)
    taken = await claims.take(connection, slot, new.topic, options)
    if isinstance(taken, RefusedSlot):
        raise SlotUnavailable(taken)
    row = _row(context, taken, new)
    await _write(connection, context, row, new)
    refused = await claims.settle(connection, taken, new.topic, options)
    if refused is not None:
        raise SlotUnavailable(refused)
    return row


async def refuse_other_region(connection: Connection, context: Context, slot: SlotKey) -> None:
    """Raise WrongRegion for a caller of another region than the slot's."""
    if context.caller.region is not None:
        region, _municipality = await areas.scope_of(connection, slot.tutor_id, slot.offering_id, slot.service_point_id)
        context.caller.require_region(region or context.caller.region)


def _row(context: Context, taken: Taken, new: NewAppointment) -> AppointmentRow:
    return AppointmentRow(
        id=new.id,
        visit_id=taken.visit_id,
        region=taken.region,
        organisation_id=taken.organisation_id,
        tutor_id=taken.tutors[0],
        offering_id=taken.slot.offering_id,
        service_point_id=taken.slot.service_point_id,
        municipality=taken.slot.municipality,
        channel=taken.slot.channel,
        topic=new.topic,
        starts=taken.slot.start,
        ends=taken.ends,
        state="held" if new.expires else "booked",
        sequence=0,
        seat=taken.seat,
        capacity=taken.capacity,
        series_id=new.series,
        waiting_id=new.entry,
        expires=new.expires,
        result=None,
        manages_alone=None,
        minutes_helped=None,
        device=None,
        booked_by=context.named,
        booked_for_organisation=context.caller.client_organisation,
        created_at=context.now,
    )


async def _write(connection: Connection, context: Context, row: AppointmentRow, new: NewAppointment) -> None:
    step: Step = "hold" if new.expires else "book"
    event = events.AppointmentHeld if new.expires else events.AppointmentBooked
    await store.insert(connection, row)
    await store.record(connection, line(context, row, step, row.state, actor=actor_of(context), first=True))
    if new.citizen is not None:
        await save_citizen(connection, context, new.id, new.citizen)
    await emit_appointment(connection, event, row)


async def save_citizen(
    connection: Connection, context: Context, appointment: uuid.UUID, citizen: CitizenDetails, shown: str | None = None
) -> None:
    """Keep what a visit needs to know of its citizen, with a code word and the hash of their key. They may have been
    shown it before (`shown`), by a process with another secret."""
    await citizens.insert(
        connection,
        appointment,
        citizen,
        code_word=code_words.choose(citizen.language),
        token_hash=hash_token(shown or manage_token(context.secrets.current, appointment)),
    )

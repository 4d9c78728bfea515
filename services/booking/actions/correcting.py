"""Correcting what is kept of a citizen (GDPR, article 16): the details go through what a booking's go through."""

import uuid
from dataclasses import replace

from services.booking.actions.context import Context, Done
from services.booking.actions.details import checked_citizen
from services.booking.actions.locking import lock_appointment
from services.booking.actions.steps import emit_appointment, line
from services.booking.actions.verification import ask_to_verify
from services.booking.domain.states import is_to_come
from services.booking.store import appointments as store
from services.booking.store import citizens
from services.booking.store.appointments import AppointmentRow
from services.booking.store.citizens import CitizenDetails
from shared.conditional import unchanged
from shared.db import Connection
from shared.problems import NotFound
from shared.schemas import booking as wire
from shared.schemas import events

# A visit that is over needs no way to reach its citizen but one, and no address.
OVER = "on_site"


async def correct(
    connection: Connection,
    context: Context,
    *,
    appointment_id: uuid.UUID,
    actor: wire.Actor,
    wanted: wire.CorrectionInput,
    if_match: int | None = None,
) -> Done:
    """Correct the citizen's details of an appointment. Who is reached in another way than before gets the confirmation
    again; what is right already changes nothing. Raises NotFound, also for who is erased, ChangedMeanwhile, and what is
    wrong with the details."""
    row = await lock_appointment(connection, appointment_id)
    before = await citizens.get(connection, row.id)
    if before is None:
        raise NotFound
    after = _corrected(context, row, before, wanted)
    if after == before:
        return Done(row.id)
    unchanged(row.sequence, if_match)
    await citizens.correct(connection, row.id, after)
    await store.record(connection, line(context, row, "correct", row.state, actor=actor))
    row = await store.set_state(connection, row.id, row.state, row.expires)
    contacts = is_reached_anew(before, after)
    await emit_appointment(connection, events.AppointmentCorrected, row, by=actor, contacts=contacts)
    if row.state == "held" and (before.phone, before.email) != (after.phone, after.email):
        await ask_to_verify(connection, row)  # the code is another
    return Done(row.id)


def _corrected(
    context: Context, row: AppointmentRow, before: CitizenDetails, wanted: wire.CorrectionInput
) -> CitizenDetails:
    channel = row.channel if is_to_come(row.state, row.starts, context.now) else OVER
    address = wanted.address or (before.address if channel == "home" else None)
    checked = checked_citizen(wanted.citizen, channel, note=wanted.note, address=address)
    return replace(checked, answers=before.answers)


def is_reached_anew(before: CitizenDetails, after: CitizenDetails) -> bool:
    """Whether there is a number or an address to which nothing was sent before."""
    return after.phone not in (None, before.phone) or after.email not in (None, before.email)

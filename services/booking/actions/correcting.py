"""Correcting what is kept of a citizen (GDPR, article 16): the details go through what a booking's go through."""

import uuid
from dataclasses import replace
from typing import Any

from services.booking.actions.context import Context, Done
from services.booking.actions.details import checked_citizen, refuse_unreachable
from services.booking.actions.locking import lock_appointment
from services.booking.actions.steps import emit_appointment, line
from services.booking.actions.verification import ask_to_verify
from services.booking.domain.details import wrong_address
from services.booking.domain.manage_tokens import manage_token
from services.booking.domain.states import is_to_come
from services.booking.store import appointments as store
from services.booking.store import citizens, former_contacts, key_generations
from services.booking.store.citizens import CitizenDetails
from services.booking.store.former_contacts import FormerContact
from shared.conditional import unchanged
from shared.db import Connection
from shared.keys import hash_token
from shared.problems import NotFound, field_problem
from shared.retention import FAREWELL_KEPT
from shared.schemas import booking as wire
from shared.schemas import events

# A visit that is over needs no way to reach its citizen but one, and no address.
OVER = "on_site"
CITIZEN: wire.Actor = "citizen"


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
    again; what is right already changes nothing. Where a contact is replaced, the key that was sent to it opens nothing
    any more, and it is told so. Raises NotFound, also for who is erased, ChangedMeanwhile, and what is wrong with the
    details."""
    row = await lock_appointment(connection, appointment_id)
    before = await citizens.get(connection, row.id)
    if before is None:
        raise NotFound
    to_come = is_to_come(row.state, row.starts, context.now)
    channel = row.channel if to_come else OVER
    if before.phone or before.email:
        refuse_unreachable(wanted.citizen, "contact_stays")
    after = _corrected(channel, before, wanted)
    if after == before:
        return Done(row.id)
    # By the citizen's own key, too: whoever has come by the link would take the visit over, and nobody would hear of
    # it. Of what is over or waits for a code, there is nothing to take.
    former = replaced_contact(before, after) if to_come or actor != CITIZEN else None
    if actor != CITIZEN and (former is not None or is_reached_anew(before, after)):
        _refuse_without_address(channel, wanted)
    unchanged(row.sequence, if_match)
    await citizens.correct(connection, row.id, after)
    told: dict[str, Any] = {"contacts": is_reached_anew(before, after), "replaced": former is not None}
    if former is not None:
        told["former"] = await _leave(connection, context, row.id, former)
    await store.record(connection, line(context, row, "correct", row.state, actor=actor))
    row = await store.set_state(connection, row.id, row.state, row.expires)
    await emit_appointment(connection, events.AppointmentCorrected, row, by=actor, **told)
    if row.state == "held" and (before.phone, before.email) != (after.phone, after.email):
        await ask_to_verify(connection, row)  # the code is another
    return Done(row.id)


def _corrected(channel: str, before: CitizenDetails, wanted: wire.CorrectionInput) -> CitizenDetails:
    address = wanted.address or (before.address if channel == "home" else None)
    checked = checked_citizen(wanted.citizen, channel, note=wanted.note, address=address)
    return replace(checked, answers=before.answers)


def is_reached_anew(before: CitizenDetails, after: CitizenDetails) -> bool:
    """Whether there is a number or an address to which nothing was sent before."""
    return after.phone not in (None, before.phone) or after.email not in (None, before.email)


def _refuse_without_address(channel: str, wanted: wire.CorrectionInput) -> None:
    """Raise InvalidInput for whoever adds or replaces a contact and does not say where the citizen lives: they could
    read it by the key that is sent there."""
    if (wrong := wrong_address(channel, wanted.address)) is not None:
        raise field_problem("/address", wrong)


def replaced_contact(before: CitizenDetails, after: CitizenDetails) -> FormerContact | None:
    """Return the number and the address by which a citizen is not reached any more; None when they still are by all."""
    phone = before.phone if after.phone != before.phone else None
    email = before.email if after.email != before.email else None
    return FormerContact(before.language, phone, email) if phone or email else None


async def _leave(connection: Connection, context: Context, appointment: uuid.UUID, former: FormerContact) -> uuid.UUID:
    """End the key that a former contact was sent, and keep the contact until it has been told; return its id."""
    generation = await key_generations.begin_next(connection, appointment)
    token = manage_token(context.secrets.current, appointment, generation)
    await citizens.renew_tokens(connection, {appointment: hash_token(token)})
    return await former_contacts.keep(connection, former, context.now + FAREWELL_KEPT)

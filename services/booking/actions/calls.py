"""Whom somebody must call: noted when an appointment is changed, and taken off the list when they are told."""

import uuid

from services.booking.actions.context import Context, Done
from services.booking.actions.locking import lock_appointment
from services.booking.domain.calls import to_be_told
from services.booking.domain.states import Step
from services.booking.store import calls as store
from services.booking.store.appointments import AppointmentRow
from services.booking.store.calls import Changed
from shared.conditional import unchanged
from shared.db import Connection


async def note_change(
    connection: Connection, before: AppointmentRow, after: AppointmentRow, step: Step, actor: str
) -> None:
    """Note that a citizen must be told of a step that another has taken; of one of their own, that they know how their
    appointment stands."""
    change = to_be_told(step, actor)
    if change is None:
        await store.settle(connection, after.id)
    else:
        await store.note(connection, Changed(after.id, after.sequence, change, before.starts, after.starts))


async def tell(
    connection: Connection, context: Context, *, appointment_id: uuid.UUID, if_match: int | None = None
) -> Done:
    """Note who has told a citizen how their appointment stands. Telling what is told already changes nothing. Raises
    NotFound, ChangedMeanwhile."""
    row = await lock_appointment(connection, appointment_id)
    unchanged(row.sequence, if_match)
    await store.tell(connection, row.id, context.named, context.now)
    return Done(row.id)

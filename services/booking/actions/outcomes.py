"""How a visit ended: who came, and how it went."""

import uuid

from services.booking.actions.context import Context, Done
from services.booking.actions.locking import lock_appointment
from services.booking.actions.steps import emit_appointment, take_step
from services.booking.domain.states import Step, may_have_outcome, may_reopen
from services.booking.problems import OutcomeStands, VisitToCome
from services.booking.store import appointments as store
from shared.conditional import unchanged
from shared.db import Connection
from shared.schemas import booking as wire
from shared.schemas import events


async def mark_outcome(
    connection: Connection,
    context: Context,
    *,
    appointment_id: uuid.UUID,
    actor: wire.Actor,
    outcome: wire.OutcomeInput,
    if_match: int | None = None,
) -> Done:
    """Set who came and how it ended; a slip is corrected by setting it again. Raises NotFound, WrongState,
    ChangedMeanwhile, and VisitToCome before the visit has begun."""
    row = await lock_appointment(connection, appointment_id)
    unchanged(row.sequence, if_match)
    if not may_have_outcome(row.starts, context.now):
        raise VisitToCome
    step: Step = "mark_attended" if outcome.attended else "mark_no_show"
    await take_step(connection, context, row, step, actor=actor)
    went = store.Outcome(outcome.result, outcome.manages_alone, outcome.minutes_helped, outcome.device)
    row = await store.set_outcome(connection, row.id, went)
    await emit_appointment(connection, events.AppointmentClosed, row, by=actor)
    return Done(row.id)


async def remove_outcome(
    connection: Connection,
    context: Context,
    *,
    appointment_id: uuid.UUID,
    actor: wire.Actor,
    if_match: int | None = None,
) -> Done:
    """Undo an outcome that was set by mistake: the appointment is booked again. One without an outcome stays as it is.
    Raises NotFound, ChangedMeanwhile, and OutcomeStands when it is too late."""
    row = await lock_appointment(connection, appointment_id)
    if row.state == "booked":
        return Done(row.id)
    unchanged(row.sequence, if_match)
    if not may_reopen(row.ends, context.now, context.zone):
        raise OutcomeStands
    await take_step(connection, context, row, "reopen", actor=actor)
    row = await store.set_outcome(connection, row.id, store.Outcome())
    await emit_appointment(connection, events.AppointmentReopened, row, by=actor)
    return Done(row.id)

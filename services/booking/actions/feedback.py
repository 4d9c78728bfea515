"""Feedback: what a citizen says of a visit, and what the organisation answers."""

import uuid

from services.booking.actions.context import Context, Done
from services.booking.actions.details import refuse_sensitive
from services.booking.actions.steps import emit_appointment
from services.booking.domain.feedback import may_say_feedback
from services.booking.problems import VisitNotOver
from services.booking.store import appointments, citizens
from services.booking.store import feedback as store
from services.booking.store.appointments import AppointmentRow
from shared.db import Connection
from shared.problems import NotFound
from shared.schemas import booking as wire
from shared.schemas import events


async def say(
    connection: Connection, context: Context, *, appointment_id: uuid.UUID, wanted: wire.FeedbackInput
) -> Done:
    """Keep what the citizen says of their visit; saying it again replaces it, and the same changes nothing. Raises
    NotFound, also for who is erased, VisitNotOver, and SensitiveText."""
    row = await _lock(connection, appointment_id)
    if not may_say_feedback(row.state, row.ends, context.now):
        raise VisitNotOver
    refuse_sensitive(wanted.words)
    said = {"met_need": wanted.met_need, "recommends": wanted.recommends, "words": wanted.words or None}
    before = await store.of_one(connection, row.id)
    if before is not None and said == {name: getattr(before, name) for name in said}:
        return Done(row.id)
    # In whole seconds, as cursors of lists have them.
    await store.write(connection, row.id, said, context.now.replace(microsecond=0))
    told = {"met_need": wanted.met_need, "recommends": wanted.recommends, "words": bool(wanted.words)}
    await emit_appointment(connection, events.FeedbackGiven, row, by="citizen", **told)
    return Done(row.id)


async def answer(
    connection: Connection, context: Context, *, appointment_id: uuid.UUID, wanted: wire.FeedbackAnswerInput
) -> Done:
    """Keep what the organisation answers; answering again replaces it. Raises NotFound, also when nothing was said or
    the citizen is erased, and SensitiveText."""
    row = await _lock(connection, appointment_id)
    if await store.of_one(connection, row.id) is None:
        raise NotFound
    refuse_sensitive(wanted.answer)
    await store.write_answer(connection, row.id, wanted.answer, context.named, context.now)
    await emit_appointment(connection, events.FeedbackAnswered, row)
    return Done(row.id)


async def _lock(connection: Connection, appointment_id: uuid.UUID) -> AppointmentRow:
    """Lock a visit's record, which is over and moves nowhere, so that its tutor's time need not wait."""
    row = await appointments.lock(connection, appointment_id)
    if row is None or await citizens.get(connection, appointment_id) is None:
        raise NotFound
    return row

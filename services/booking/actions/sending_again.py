"""Having a citizen sent again what they were sent, since a message gets lost."""

import uuid

from services.booking.actions.context import Context, Done
from services.booking.actions.locking import lock_appointment
from services.booking.actions.steps import emit_appointment
from services.booking.actions.verification import ask_to_verify
from services.booking.domain.states import is_to_come
from services.booking.problems import WrongState
from services.booking.store import citizens
from shared.db import Connection
from shared.problems import NotFound
from shared.schemas import booking as wire
from shared.schemas import events


async def send_again(connection: Connection, context: Context, *, appointment_id: uuid.UUID, actor: wire.Actor) -> Done:
    """Have the citizen sent what holds of their appointment, or the code of one that is to be verified; nothing else
    changes. Raises NotFound, also for who is erased, and WrongState for what is not to come."""
    row = await lock_appointment(connection, appointment_id)
    if await citizens.get(connection, row.id) is None:
        raise NotFound
    if row.state == "held":
        await ask_to_verify(connection, row)
    elif is_to_come(row.state, row.starts, context.now):
        await emit_appointment(connection, events.AppointmentConfirmationAsked, row, by=actor)
    else:
        raise WrongState
    return Done(row.id)

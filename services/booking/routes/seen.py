"""The appointment that a request is about: how much of it whoever asks sees, and the answer."""

import uuid

from fastapi import Response

from services.booking import access
from services.booking.actions.reading import note_reading
from services.booking.reads import appointments
from services.booking.routes.requests import tagged
from services.booking.routes.unit_of_work import Work
from shared.schemas import booking as wire


async def view_of(work: Work, appointment: uuid.UUID, manage_token: str | None = None) -> access.View:
    """Return how much whoever asks for a change sees. Raises Unauthenticated, Forbidden, NotFound."""
    return await appointments.view_of(
        work.connection, appointment, work.context.caller, manage_token, work.settings, now=work.context.now
    )


async def as_seen(work: Work, response: Response, appointment: uuid.UUID, view: access.View) -> wire.Appointment:
    """Return an appointment as far as `view` reaches, with its ETag, once it is written down who sees its citizen."""
    seen = await appointments.appointment(work.connection, appointment, view, work.settings)
    await note_reading(work.connection, work.context, [seen])
    return tagged(response, seen)

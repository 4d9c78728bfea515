"""A tutor who has fallen ill: their day is closed, and their visits are handed over."""

import uuid

from services.booking import access
from services.booking.actions.context import Context, Done
from services.booking.actions.hours import close_days
from services.booking.domain.illness import may_be_ill_on
from services.booking.domain.wall_time import whole_days
from services.booking.store import hours as store
from shared.db import Connection
from shared.problems import field_problem
from shared.schemas import booking as wire


async def fall_ill(connection: Connection, context: Context, *, tutor_id: uuid.UUID, wanted: wire.IllnessInput) -> Done:
    """Close a tutor's day, wherever they would have helped. Raises Unauthenticated, Forbidden, NotYours,
    InvalidReference, InvalidInput for a day that is over or far, AppointmentsAffected."""
    context.caller.require("illness:write")
    zone = await store.zone_of(connection, tutor_id, context.zone)
    day = whole_days(wanted.date, wanted.date, zone)
    tutor = await access.tutor_who_is_ill(connection, context.caller, tutor_id, day)
    if not may_be_ill_on(wanted.date, context.now, zone):
        raise field_problem("/date", "ill_when")
    return await close_days(connection, context, tutor, wanted.date, wanted.date, standing=wanted.appointments)

"""When a tutor leaves or a service point shuts: what is forgotten, and what becomes of visits to come."""

import uuid

from services.booking.actions.context import Context
from services.booking.actions.reassigning import settle_affected
from services.booking.domain.states import CLOCK
from services.booking.store import calendar_subscriptions, external_calendar, hours, new_appointments
from services.booking.store import departures as store
from shared.db import Connection


async def forget_tutor(connection: Connection, tutor: uuid.UUID) -> None:
    """Delete a tutor's week and calendars; that visits took place stays."""
    await hours.forget(connection, tutor)
    await external_calendar.remove(connection, tutor)
    await calendar_subscriptions.remove(connection, tutor)
    await new_appointments.remove(connection, tutor)


async def settle_left_by_tutor(connection: Connection, context: Context, tutor: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """Give the visits to come of a tutor who has ended, or whose period does not hold them any more, to others, or ask
    the citizens for another time. Return whose time that freed.

    The registry lets nobody end, or help for a shorter period, who has visits to come there; but somebody may have
    booked at that very moment.
    """
    freed: tuple[uuid.UUID, ...] = ()
    for appointment in await store.left_by_tutor(connection, tutor, context.now, context.zone):
        freed += await settle_affected(connection, context, appointment, "reassign", "tutor_away", CLOCK)
    return freed


async def settle_left_at_point(connection: Connection, context: Context, point: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """Ask the citizens of visits to come at a service point that has shut for another time. Return whose time that
    freed."""
    freed: tuple[uuid.UUID, ...] = ()
    for appointment in await store.left_at_point(connection, point, context.now):
        freed += await settle_affected(connection, context, appointment, "offer", "place_closed", CLOCK)
    return freed

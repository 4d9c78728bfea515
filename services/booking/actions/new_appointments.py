"""A tutor has seen what was booked for them."""

import datetime as dt

from services.booking import access
from services.booking.actions.context import Context, Done
from services.booking.store import new_appointments as store
from shared.db import Connection


async def say_seen(connection: Connection, context: Context, *, until: dt.datetime) -> Done:
    """Note that the caller has seen all that came until then, at the latest now. Raises Unauthenticated, Forbidden."""
    tutor = access.own_tutor(context.caller)
    await store.set_seen(connection, tutor, min(until, context.now))
    return Done(tutor)

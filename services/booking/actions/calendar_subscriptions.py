"""A tutor's visits as a calendar that other programs subscribe to: making its address, renewing it, ending it."""

import uuid

from services.booking import access
from services.booking.actions.context import Context, Done
from services.booking.actions.hours import emit_tutor_time
from services.booking.domain.calendar_subscriptions import subscription_secret
from services.booking.store import calendar_subscriptions as store
from services.booking.store.calendar_subscriptions import SubscriptionRow
from shared.db import Connection, new_id
from shared.keys import hash_token
from shared.languages import Language
from shared.schemas import events


async def make_subscription(
    connection: Connection, context: Context, *, tutor_id: uuid.UUID, language: Language
) -> Done:
    """Make a new address for a tutor's visits; at one from before, nothing is read any more."""
    tutor = await access.tutor_whose_visits(connection, context.caller, tutor_id)
    made = new_id()
    row = SubscriptionRow(
        tutor_id=tutor.id,
        id=made,
        secret_hash=hash_token(subscription_secret(context.secrets.current, made)),
        made_at=context.now,
        made_by=context.named,
        language=language,
        code_words=access.sees_citizens_of(context.caller, tutor),
    )
    await store.put(connection, row)
    await emit_tutor_time(connection, events.CalendarSubscriptionMade, tutor, tutor.id)
    return Done(made)


async def end_subscription(connection: Connection, context: Context, *, tutor_id: uuid.UUID) -> Done:
    """End the address of a tutor's visits, if there is one."""
    tutor = await access.tutor_whose_visits(connection, context.caller, tutor_id)
    await store.remove(connection, tutor.id)
    await emit_tutor_time(connection, events.CalendarSubscriptionEnded, tutor, tutor.id)
    return Done(tutor.id)

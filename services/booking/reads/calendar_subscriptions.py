"""A tutor's calendar subscription as it is shown, and the calendar that is read at its address."""

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

from services.booking.calendars.visits import Subscribed, write_visits
from services.booking.domain.calendar_subscriptions import CANCELLED_SHOWN, PAST_SHOWN, subscription_secret
from services.booking.settings import Settings
from services.booking.store import calendar_subscriptions as store
from services.booking.store import hours, names
from services.booking.store.calendar_subscriptions import SubscriptionRow
from shared.db import Connection
from shared.keys import hash_token
from shared.problems import NotFound
from shared.schemas import booking as wire

ADDRESS = "/api/booking/v1/calendar-subscriptions/{secret}.ics"


async def subscription(connection: Connection, tutor: uuid.UUID, zone: str) -> wire.CalendarSubscription | None:
    """Return a tutor's subscription, without its address; None when they have none."""
    row = await store.of_tutor(connection, tutor)
    return wire.CalendarSubscription.model_validate(_shown(row, zone)) if row else None


async def require_subscription(connection: Connection, tutor: uuid.UUID, zone: str) -> wire.CalendarSubscription:
    """Return a tutor's subscription, without its address. Raises NotFound when they have none."""
    found = await subscription(connection, tutor, zone)
    if found is None:
        raise NotFound
    return found


async def made_subscription(
    connection: Connection, made: uuid.UUID, settings: Settings
) -> wire.NewCalendarSubscription:
    """Return a subscription with its address, for whoever has just made it. Raises NotFound for one that was renewed or
    ended since: a request that is sent again must not tell an address that is none."""
    row = await store.by_id(connection, made)
    secret = _secret_of(row, settings) if row else None
    if row is None or secret is None:
        raise NotFound
    url = settings.public_url + ADDRESS.format(secret=secret)
    return wire.NewCalendarSubscription.model_validate({**_shown(row, settings.zone), "url": url})


def _secret_of(row: SubscriptionRow, settings: Settings) -> str | None:
    """Return the secret that a subscription was given; None when it was made with one that is accepted no more."""
    secrets = [subscription_secret(secret, row.id) for secret in settings.secrets.accepted]
    return next((secret for secret in secrets if hash_token(secret) == row.secret_hash), None)


def _shown(row: SubscriptionRow, zone: str) -> dict[str, object]:
    since = row.made_at.astimezone(ZoneInfo(zone))
    return {"since": since, "language": row.language, "code_words": row.code_words}


async def opened_by_secret(connection: Connection, secret: str) -> SubscriptionRow | None:
    """Return the subscription that a secret opens; None for one that opens none. Takes as long for every wrong one."""
    return await store.by_secret(connection, hash_token(secret))


async def subscribed_visits(
    connection: Connection, row: SubscriptionRow, settings: Settings, now: dt.datetime
) -> bytes:
    """Return the visits of a subscription's tutor, as iCalendar."""
    visits = await store.visits(connection, row.tutor_id, now - PAST_SHOWN, now - CANCELLED_SHOWN)
    wanted = Subscribed(
        tutor_name=(await names.tutor_names(connection, [row.tutor_id]))[row.tutor_id],
        language=row.language,
        zone=await hours.zone_of(connection, row.tutor_id, settings.zone),
        pages=settings.public_url,
        pages_zone=settings.zone,
        code_words=row.code_words,
    )
    return write_visits(visits, wanted, now)

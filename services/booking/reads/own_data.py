"""All that booking holds of a tutor."""

import datetime as dt
import uuid

from services.booking.reads import calendar_subscriptions, external_calendar, hours
from services.booking.reads.departures import visit_time
from services.booking.store import departures, new_appointments
from shared.db import Connection
from shared.schemas import booking as wire

ALWAYS = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


async def data_of(connection: Connection, tutor: uuid.UUID, zone: str) -> wire.MyTime:
    """Return all that booking holds of a tutor (GDPR, article 15)."""
    return wire.MyTime(
        availability=(await hours.availability(connection, tutor)).items,
        extra_time=(await hours.extra_time(connection, tutor, ALWAYS, zone)).items,
        absences=(await hours.absences(connection, tutor, ALWAYS, zone)).items,
        time=await hours.tutor_time(connection, tutor, zone),
        calendar=await external_calendar.calendar(connection, tutor),
        calendar_subscription=await calendar_subscriptions.subscription(connection, tutor, zone),
        new_appointments_seen_until=await new_appointments.seen_until(connection, tutor),
        appointments=[visit_time(row, zone) for row in await departures.had(connection, tutor)],
    )

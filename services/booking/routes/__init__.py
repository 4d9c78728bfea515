"""HTTP in, HTTP out."""

import datetime as dt

from services.booking.routes import (
    appointments,
    calendar_subscriptions,
    calls,
    changes,
    citizens,
    closings,
    consents,
    external_calendar,
    feedback,
    holds,
    hours,
    lookups,
    lost_links,
    new_appointments,
    own_data,
    slots,
    waitlist,
    walk_ins,
)
from shared.former_paths import Renamed

ALL = [
    slots.routes,
    holds.routes,
    lookups.routes,
    appointments.routes,
    changes.routes,
    new_appointments.routes,
    calls.routes,
    citizens.routes,
    waitlist.routes,
    lost_links.routes,
    feedback.routes,
    hours.routes,
    closings.routes,
    walk_ins.routes,
    consents.routes,
    own_data.routes,
    external_calendar.routes,
    calendar_subscriptions.routes,
]
RENAMED = Renamed(
    since=dt.date(2026, 11, 26),
    paths={
        r"(/api/booking/v1/appointments/[^/]+)/reschedule": r"\1/move",
        r"/api/booking/v1/waiting(/.*)?": r"/api/booking/v1/waitlist\1",
    },
)

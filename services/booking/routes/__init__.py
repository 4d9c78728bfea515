"""HTTP in, HTTP out."""

import datetime as dt

from services.booking.routes import appointments, hours, slots, waitlist

ALL = [slots.routes, appointments.routes, waitlist.routes, hours.routes]
RENAMED_ON = dt.date(2026, 11, 26)
# Former paths, which answer as their successors for a while; the patterns as `re.sub` takes them.
RENAMED = {
    r"(/api/booking/v1/appointments/[^/]+)/reschedule": r"\1/move",
    r"/api/booking/v1/waiting(/.*)?": r"/api/booking/v1/waitlist\1",
}

"""The client of `booking`: what it calls is a file for each subject."""

from shared.clients.base import FeedClient
from shared.clients.booking.appointments import Appointments
from shared.clients.booking.calls import Calls
from shared.clients.booking.citizens import Citizens
from shared.clients.booking.for_services import ForServices
from shared.clients.booking.hours import Hours
from shared.clients.booking.times import FreeTimes
from shared.clients.booking.waitlist import Waitlist
from shared.clients.booking.walk_ins import WalkIns


class BookingClient(FreeTimes, Appointments, Calls, Citizens, Hours, Waitlist, WalkIns, ForServices, FeedClient):
    """Calls `booking`."""

    _service = "booking"
    _events = "/api/booking/v1/events"

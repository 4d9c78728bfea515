"""HTTP in, HTTP out."""

from services.booking.routes import appointments, availability, slots, waiting

ALL = [slots.routes, appointments.routes, waiting.routes, availability.routes]

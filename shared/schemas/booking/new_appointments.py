"""What was booked for a tutor since they last looked."""

from pydantic import AwareDatetime, Field

from shared.schemas.booking.appointments import Appointment
from shared.schemas.common import Instant, Wire, example


class NewAppointments(Wire):
    """Visits to come that are new to their tutor, in order of time and without who comes: the twenty that came first,
    and those that came with them."""

    items: list[Appointment]
    more: bool = Field(description="others came later, and are told once these have been seen")
    until: AwareDatetime = Field(
        description="when the last of these came: what the tutor says when they have seen them"
    )


class SeenInput(Wire):
    """Until when a tutor has seen what was booked for them."""

    model_config = example(until="2027-03-01T08:00:00+02:00")

    until: Instant

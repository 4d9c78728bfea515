"""The call list: whom somebody must tell that their appointment was changed, since no message reaches them."""

from typing import Literal

from pydantic import AwareDatetime, Field

from shared.schemas.booking.appointments import Appointment
from shared.schemas.common import Wire


class CallsWanted(Wire):
    """How many."""

    limit: int = Field(default=50, ge=0, le=100)


class Call(Wire):
    """Somebody who does not know yet: of which change, when their appointment began as far as they know, and whether
    they have a number."""

    appointment: Appointment
    change: Literal["displaced", "cancelled", "reassigned", "moved"]
    was: AwareDatetime
    way: Literal["call", "desk"]


class Calls(Wire):
    """Those who are to be told first, and how many there are in all, of five hundred at most that were looked at."""

    items: list[Call]
    total: int

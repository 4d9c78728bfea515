"""Where an appointment stands for its citizen, so that a page offers what can still be done."""

import datetime as dt
from typing import Literal

from shared.schemas.booking import Appointment

Phase = Literal["to_verify", "to_come", "under_way", "displaced", "cancelled", "over"]


def phase_of(appointment: Appointment, now: dt.datetime) -> Phase:
    """Return where an appointment stands: what nobody has said the outcome of is over when its time is."""
    match appointment.state:
        case "held" | "lapsed":
            return "to_verify"
        case "displaced" | "cancelled":
            return appointment.state
        case "booked" if now < appointment.start:
            return "to_come"
        case "booked" if now < appointment.end:
            return "under_way"
    return "over"


def is_movable(appointment: Appointment, now: dt.datetime) -> bool:
    """Return whether another time can be chosen for an appointment."""
    return phase_of(appointment, now) in {"to_come", "displaced"}

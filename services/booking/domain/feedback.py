"""Feedback: what a citizen says of a visit, once it is over."""

import datetime as dt

from services.booking.domain.states import State

# Nobody asks how it went who did not come, or had no visit.
TOOK_PLACE: frozenset[State] = frozenset({"booked", "attended"})


def may_say_feedback(state: State, ends: dt.datetime, now: dt.datetime) -> bool:
    """Whether a visit's citizen may say how it went: from its end on, unless it is known that they did not come."""
    return state in TOOK_PLACE and ends <= now

"""The queue for times that are not free yet: first come first served within what each asked for."""

import datetime as dt
from typing import Literal

WaitingState = Literal["waiting", "offered", "booked", "ended"]

ANSWER_WITHIN = dt.timedelta(hours=2)
SHORTEST_ANSWER = dt.timedelta(minutes=15)


def answer_by(now: dt.datetime, start: dt.datetime) -> dt.datetime | None:
    """Until when an offered time waits for an answer: two hours, or half of what is left until it begins; None when
    that is too short to be fair."""
    within = min(ANSWER_WITHIN, (start - now) / 2)
    return now + within if within >= SHORTEST_ANSWER else None

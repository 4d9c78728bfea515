"""Until when a walk-in may be noted anew or taken back, and what the wall shows of a queue."""

import datetime as dt
from collections.abc import Iterable

from services.booking.domain.wall_time import DAY

SHOWN_ON_WALL = 3


def may_change(date: dt.date, today: dt.date) -> bool:
    """Whether what was noted on a local date may still be changed: until the end of the next day, like a visit's
    outcome."""
    return today <= date + DAY


def on_wall(called: Iterable[tuple[dt.datetime, int]]) -> list[int]:
    """Return the numbers whose turn it is, by when they were called: the newest first, as many as fit a wall."""
    return [number for _, number in sorted(called, reverse=True)][:SHOWN_ON_WALL]

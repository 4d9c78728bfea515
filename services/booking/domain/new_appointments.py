"""Which appointments are new to their tutor."""

import datetime as dt

FIRST_SHOWN = dt.timedelta(days=7)  # to who has never said that they have seen any
MOST_SHOWN = 20


def new_since(seen_until: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    """Return since when what was booked is new."""
    return now - FIRST_SHOWN if seen_until is None else seen_until

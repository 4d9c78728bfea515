"""Times of day as lists and registers write them."""

import datetime as dt
import re

END_OF_DAY = dt.time(0)
"""As a closing time, midnight is the end of the day."""
NIGHT_ENDS = dt.time(6)
"""What closes later than this on the next morning is no night, but a slip of the pen."""


def opening_time(text: str) -> dt.time:
    """Return a time of day (`10:00`, `10.00`, `10:00:00`); raises ValueError for what is none."""
    match = re.fullmatch(r"(\d{1,2})[:.](\d{2})(?:[:.]00)?", text.strip())
    if match is None:
        raise ValueError("no time of day")
    return dt.time(int(match[1]), int(match[2]))


def closing_time(text: str) -> dt.time:
    """Return a time of day as `opening_time` does; `24:00` is the end of the day."""
    return END_OF_DAY if re.fullmatch(r"24[:.]00(?:[:.]00)?", text.strip()) else opening_time(text)


def runs_over_midnight(opens: dt.time, closes: dt.time) -> bool:
    """Return whether hours last into the next morning; raises ValueError for those that have no length or run
    backwards."""
    if closes == END_OF_DAY or opens < closes:
        return False
    if opens == closes or closes > NIGHT_ENDS:
        raise ValueError("runs backwards")
    return True

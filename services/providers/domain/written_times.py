"""Times of day as people and spreadsheets write them in a list: `9`, `klo 9.30`, `0,375` of a day, `9–15`.

Registers keep to one form (`clock_times`). Here what has one sensible reading is taken, and what has two is `Unclear`.
"""

import datetime as dt
import re
from collections.abc import Callable

from services.providers.domain.clock_times import closing_time, opening_time
from services.providers.domain.day_hours import WHOLE_DAY
from services.providers.domain.unclear import Unclear

AT = re.compile(r"(?:klo|kello|kl|klockan)\.? *(?=[0-9])", re.IGNORECASE)
HOUR = re.compile(r"[0-9]{1,2}")
CLOCK = re.compile(r"[0-9]{1,2}[:.][0-9]{2}(?:[:.]00)?")
PART_OF_DAY = re.compile(r"0[.,][0-9]+")
RANGE = re.compile(r"(.+?) *[-–—] *(.+)")
# Fewer decimals than this do not tell one minute from the next, and may have been rounded.
DECIMALS = 3
NO_TIME = "is not a time of day (10:00)"
TWO_READINGS = "may be a time of day or a part of one: write it as 10:00"
ROUNDED = "is a part of a day that may be rounded: write it as 10:00"


def read_opening(text: str) -> dt.time:
    """Return a time of day; raises `Unclear`."""
    return _read(text, opening_time)


def read_closing(text: str) -> dt.time:
    """Return a time of day, midnight being the end of the day; raises `Unclear`."""
    if text == "1":  # to a spreadsheet, a whole day
        raise Unclear(TWO_READINGS)
    return _read(text, closing_time)


def range_in(text: str) -> tuple[str, str] | None:
    """Return the two times of a range as they are written; None for what is no range."""
    found = RANGE.fullmatch(text)
    return (found[1], found[2]) if found else None


def _read(text: str, read: Callable[[str], dt.time]) -> dt.time:
    clock = AT.sub("", text, count=1) if AT.match(text) else text
    if PART_OF_DAY.fullmatch(text):
        clock = _clock_of_part(text)
        if _may_be_another(text, clock):
            raise Unclear(TWO_READINGS)
    elif HOUR.fullmatch(clock):
        clock = f"{clock}:00"
    elif not CLOCK.fullmatch(clock):
        raise Unclear(NO_TIME)
    try:
        return read(clock)
    except ValueError:
        raise Unclear(NO_TIME) from None


def _clock_of_part(text: str) -> str:
    """Return the clock at a part of a day, as a spreadsheet leaves a time that has lost its format."""
    minutes = float(text.replace(",", ".")) * WHOLE_DAY
    whole = round(minutes)
    is_short = len(text) - len("0.") < DECIMALS
    if abs(minutes - whole) > 0.01 or (is_short and whole % 60):
        raise Unclear(TWO_READINGS if CLOCK.fullmatch(text) else ROUNDED)
    return f"{whole // 60}:{whole % 60:02}"


def _may_be_another(text: str, clock: str) -> bool:
    """`0.25` is six o'clock to a spreadsheet and a quarter past midnight to a person; `0.75` is no clock."""
    try:
        return bool(CLOCK.fullmatch(text)) and opening_time(text) != opening_time(clock)
    except ValueError:
        return False

"""The starts of a series, by its RRULE (RFC 5545 section 3.3.10)."""

import datetime as dt
from collections.abc import Iterator

from dateutil.rrule import rrulestr

from services.booking.calendars.unreadable import Unreadable
from services.booking.calendars.values import AT, Values

FREQUENCIES = frozenset({"SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
# An hourly series of ten years has 88,000; what has more is a slip, or meant to keep us busy.
MOST_STARTS = 100_000
END_OF_DAY = dt.time(23, 59, 59)
# What dateutil takes, though no day or time is so.
RANGES = {
    "BYMONTH": range(1, 13),
    "BYMONTHDAY": range(1, 32),
    "BYYEARDAY": range(1, 367),
    "BYWEEKNO": range(1, 54),
    "BYSETPOS": range(1, 367),
    "COUNT": range(1, 10**30),
    "INTERVAL": range(1, 10**30),
}
COUNTED_FROM_THE_END = frozenset({"BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"})


def walls(rule: str, start: dt.date, values: Values, until: dt.datetime) -> Iterator[dt.datetime]:
    """Yield the times on the wall, in the zone of `start`, at which a series begins, up to `until` there. Raises
    ValueError for a rule that says nothing, and Unreadable for one that says far too much."""
    first = _wall(start)
    fields = _fields(rule)
    ends = _until(fields.pop("UNTIL", None), start, values)
    last = min(until, ends) if ends else until
    text = ";".join(f"{name}={value}" for name, value in fields.items())
    for number, wall in enumerate(rrulestr(text, dtstart=first), start=1):
        if wall > last:
            return
        if number > MOST_STARTS:
            raise Unreadable("something in it repeats too often")
        yield wall


def _fields(rule: str) -> dict[str, str]:
    """Return a rule's fields by their names. Raises ValueError for what dateutil would take and never end with."""
    # Spaces are no part of any value; some write "TU, TH".
    pairs = [field.partition("=") for field in "".join(rule.upper().split()).strip(";").split(";")]
    fields = {name: value for name, _, value in pairs}
    if fields.get("FREQ") not in FREQUENCIES or not all(_is_possible(*field) for field in fields.items()):
        raise ValueError("not a rule")
    if fields.pop("RSCALE", "GREGORIAN") != "GREGORIAN":
        raise ValueError("another calendar")
    return fields


def _is_possible(name: str, values: str) -> bool:
    """Return whether all numbers of a field are ones that it can have. Raises ValueError for what is no number."""
    if name not in RANGES:
        return True
    numbers = [int(value) for value in values.split(",")]
    return all((abs(number) if name in COUNTED_FROM_THE_END else number) in RANGES[name] for number in numbers)


def _until(written: str | None, start: dt.date, values: Values) -> dt.datetime | None:
    """Return the last time on the wall: a date is meant to its end, an instant in the zone of the start."""
    if written is None:
        return None
    if AT.fullmatch(written) is None:
        raise ValueError("neither a date nor a time")
    until = values.moment(written)
    if not isinstance(until, dt.datetime):
        return dt.datetime.combine(until, END_OF_DAY)
    if not isinstance(start, dt.datetime):
        return dt.datetime.combine(until.date(), END_OF_DAY)
    return until.astimezone(start.tzinfo).replace(tzinfo=None) if written.endswith("Z") else _wall(until)


def _wall(at: dt.date) -> dt.datetime:
    return at.replace(tzinfo=None) if isinstance(at, dt.datetime) else dt.datetime.combine(at, dt.time())

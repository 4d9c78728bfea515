"""The intervals of PTV's hours, by weekday, 1 being Monday. Midnight is written as 23:59."""

import datetime as dt
from collections.abc import Callable, Mapping

from services.providers.domain.clock_times import END_OF_DAY, closing_time, opening_time, runs_over_midnight
from services.providers.domain.columns import LeftOut, UnreadableField
from services.providers.domain.day_hours import WHOLE_DAY, Minutes, joined, minutes_between
from services.providers.sources.documents import Document, objects_at

WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LAST_MINUTE = "23:59"
EXCEPTIONAL, OVER_MIDNIGHT, ORDINARY = "Exceptional", "OverMidnight", "DaysOfTheWeek"


def read_intervals(document: Document, left_out: list[LeftOut]) -> dict[int, list[Minutes]]:
    """Return the hours of a period; what of them cannot be read is added to `left_out`."""
    if document.get("isAlwaysOpen"):
        return {weekday: [(0, WHOLE_DAY)] for weekday in range(1, 8)}
    read = READERS[str(document["serviceHourType"])]
    found: dict[int, list[Minutes]] = {}
    for interval in objects_at(document, "openingHour"):
        try:
            parts = read(interval)
        except UnreadableField as problem:
            left_out.append(LeftOut(f"serviceHours.openingHour.{problem.field}", problem.reason))
            continue
        for weekday, minutes in parts:
            found[weekday] = joined([*found.get(weekday, []), minutes])
    return found


def _ordinary_parts(interval: Document) -> list[tuple[int, Minutes]]:
    """Return one interval for each of its days; what is after midnight is of the next."""
    opens, closes, days = _time(interval, "from"), _time(interval, "to"), _weekdays(interval)
    if not _is_overnight(opens, closes):
        return [(weekday, minutes_between(opens, closes)) for weekday in days]
    evenings = [(weekday, minutes_between(opens, END_OF_DAY)) for weekday in days]
    return evenings + [(weekday % 7 + 1, minutes_between(dt.time(0), closes)) for weekday in days]


def _exceptional_parts(interval: Document) -> list[tuple[int, Minutes]]:
    """Return one interval for each of its days. The morning after an exception is not the exception's."""
    if _is_overnight(_time(interval, "from"), _time(interval, "to")):
        raise UnreadableField("to", "is after midnight, which an exception cannot be")
    return _ordinary_parts(interval)


def _is_overnight(opens: dt.time, closes: dt.time) -> bool:
    try:
        return runs_over_midnight(opens, closes)
    except ValueError:
        raise UnreadableField("to", "is not after 'from'") from None


def _stretch(interval: Document) -> list[tuple[int, Minutes]]:
    """Return the days of one stretch that lasts from a time of its first day to a time of its last."""
    opens, closes, days = _time(interval, "from"), _time(interval, "to"), _weekdays(interval)
    if len(days) == 1:
        return _ordinary_parts(interval)
    whole = [(weekday, (0, WHOLE_DAY)) for weekday in days[1:-1]]
    last = [] if closes == END_OF_DAY else [(days[-1], minutes_between(dt.time(0), closes))]
    return [(days[0], minutes_between(opens, END_OF_DAY)), *whole, *last]


def _weekdays(interval: Document) -> list[int]:
    """Return the weekdays of a span, the first being 1; an exception that names none is of each of its dates."""
    if not interval.get("dayFrom"):
        return list(range(1, 8))
    first = _weekday(interval, "dayFrom")
    last = _weekday(interval, "dayTo") if interval.get("dayTo") else first
    return [(first + day) % 7 + 1 for day in range((last - first) % 7 + 1)]


def _weekday(interval: Document, name: str) -> int:
    day = str(interval[name]).capitalize()
    if day not in WEEK:
        raise UnreadableField(name, "is no day of the week")
    return WEEK.index(day)


def _time(interval: Document, name: str) -> dt.time:
    text = str(interval.get(name))
    if name == "to" and text.startswith(LAST_MINUTE):
        return END_OF_DAY
    try:
        return opening_time(text) if name == "from" else closing_time(text)
    except ValueError:
        raise UnreadableField(name, "is not a time of day") from None


READERS: Mapping[str, Callable[[Document], list[tuple[int, Minutes]]]] = {
    ORDINARY: _ordinary_parts,
    EXCEPTIONAL: _exceptional_parts,
    OVER_MIDNIGHT: _stretch,
}

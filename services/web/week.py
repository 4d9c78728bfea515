"""A tutor's week as a picture: of each weekday the hours in which they help, as bars along the day."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from shared.schemas.booking import Availability

# What a day shows unless somebody helps earlier or later, in hours.
FROM, TO = 7, 21
WEEK = range(1, 8)  # ISO 8601


@dataclass(frozen=True)
class Bar:
    """Hours of help on a day: minutes from the day's beginning in the picture, and how many."""

    start: int
    length: int


@dataclass(frozen=True)
class Week:
    """The hours that the picture spans, and the bars of each weekday."""

    from_hour: int
    to_hour: int
    days: dict[int, list[Bar]]

    @property
    def minutes(self) -> int:
        """How wide the picture of a day is."""
        return (self.to_hour - self.from_hour) * 60


def week_of(hours: Iterable[Availability]) -> Week:
    """Return the picture of weekly hours. What runs past midnight is shown until midnight and from there on."""
    spans: dict[int, list[tuple[int, int]]] = {day: [] for day in WEEK}
    for each in hours:
        opens, closes = _minutes(each.opens), _minutes(each.closes)
        if closes > opens:
            spans[each.weekday].append((opens, closes))
            continue
        spans[each.weekday].append((opens, 24 * 60))
        if closes:
            spans[each.weekday % 7 + 1].append((0, closes))
    every = [span for day in spans.values() for span in day]
    first = min([FROM, *(start // 60 for start, _ in every)])
    last = max([TO, *(-(-end // 60) for _, end in every)])
    bars = {day: [Bar(start - first * 60, end - start) for start, end in sorted(found)] for day, found in spans.items()}
    return Week(first, last, bars)


def _minutes(clock: dt.time) -> int:
    return clock.hour * 60 + clock.minute

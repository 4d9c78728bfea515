"""Drop-in windows: weekly, in a service point's staffed hours and outside its closings."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.booking.domain.wall_time import DAY, WallHours, days, staffed_bound, wall_interval
from shared.intervals import Interval, difference, intersection, union

# As far ahead as bookable time reaches by default.
DROP_IN_DAYS = 56


@dataclass(frozen=True)
class DropInWindow:
    """A weekly window; `weekday` 1 is Monday, as in ISO 8601."""

    weekday: int
    opens: dt.time
    closes: dt.time
    topics: tuple[str, ...]
    languages: tuple[str, ...]


def windows_ahead(
    windows: Sequence[DropInWindow],
    staffed: Mapping[dt.date, WallHours],
    closings: Sequence[Interval],
    *,
    today: dt.date,
    now: dt.datetime,
    zone: str,
) -> Iterator[tuple[DropInWindow, Interval]]:
    """Yield each window's intervals that are not over, from yesterday (whose window may run past midnight) to
    `DROP_IN_DAYS` ahead."""
    for window in windows:
        for date in days(today - DAY, today + DAY * DROP_IN_DAYS):
            if date.isoweekday() == window.weekday:
                whole = [wall_interval(date, window.opens, window.closes, zone)]
                open_time = intersection(whole, staffed_bound(staffed, date, date, zone))
                for interval in difference(open_time, union(closings)):
                    if interval.end > now:
                        yield window, interval

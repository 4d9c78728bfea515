"""Weeks of hours that hold between dates, and what follows for each date: an exception counts before a season, a season
before the ordinary week."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from services.providers.domain.day_hours import DayPart, Minutes, day_part, joined
from services.providers.domain.periods import Period

STAFFED = "staffed"
# How far ahead dates are named that differ from the ordinary week.
HORIZON = dt.timedelta(days=400)
DAY = dt.timedelta(days=1)
Week = Mapping[int, Sequence[Minutes]]
"""Hours by weekday, 1 being Monday; a weekday that is not there is closed."""


@dataclass(frozen=True)
class Season:
    """Hours that hold in a period. One without an end is an ordinary week, from its first date on. `by_reservation`:
    who comes has a time, so that the week is empty, and yet the place is not known to be closed."""

    period: Period
    week: Week = field(default_factory=dict)
    exceptional: bool = False
    by_reservation: bool = False

    @property
    def precedence(self) -> tuple[bool, bool, dt.date]:
        """The higher counts: exceptions, then what ends, then what began last."""
        return self.exceptional, self.period.last is not None, self.period.first or dt.date.min


def ordinary_week(seasons: Iterable[Season], today: dt.date) -> dict[int, list[Minutes]]:
    """Return the hours of the ordinary week that holds today, by weekday."""
    return _united(_strongest(each for each in seasons if _is_ordinary(each) and each.period.covers(today)))


def dated_hours(seasons: Sequence[Season], today: dt.date) -> dict[dt.date, list[DayPart]]:
    """Return the hours of the dates to come on which something else holds than today's ordinary week. Of dates by
    reservation alone nothing is known, where no ordinary week would be taken to hold in their stead."""
    found, usual = {}, ordinary_week(seasons, today)
    for date in (today + DAY * n for n in range(HORIZON.days)):
        holding = _strongest(each for each in seasons if each.period.covers(date))
        if not usual and all(each.by_reservation for each in holding):
            continue
        week = _united(holding)
        if holding and (not usual or week != usual or not _is_ordinary(holding[0])):
            found[date] = [day_part(minutes, STAFFED) for minutes in week.get(date.isoweekday(), [])]
    return found if any(not _is_plain(each, today) for each in seasons) else {}


def _is_ordinary(season: Season) -> bool:
    return season.period.last is None and not season.exceptional


def _is_plain(season: Season, today: dt.date) -> bool:
    """Whether a season is an ordinary week that holds already, and says when somebody is there."""
    return _is_ordinary(season) and season.period.covers(today) and bool(season.week)


def _strongest(seasons: Iterable[Season]) -> list[Season]:
    """Return those that count before all others; several may, such as one for each part of a week."""
    found = list(seasons)
    highest = max((each.precedence for each in found), default=None)
    return [each for each in found if each.precedence == highest]


def _united(seasons: Iterable[Season]) -> dict[int, list[Minutes]]:
    found: dict[int, list[Minutes]] = {}
    for season in seasons:
        for weekday, intervals in season.week.items():
            found[weekday] = joined([*found.get(weekday, []), *intervals])
    return found

"""When a service point is open, as people read it: the coming days one by one, and an ordinary week in short."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from shared.intervals import Interval, difference, union
from shared.schemas.booking import Closing
from shared.schemas.providers import DropIn, Hours, HoursKind, OpeningDay, WeeklyHours

DAYS_SHOWN = 7
DAY = dt.timedelta(days=1)


class Span(NamedTuple):
    """From one wall-clock time to another; to midnight is to the end of the day."""

    opens: dt.time
    closes: dt.time


@dataclass(frozen=True)
class OpenDay:
    """When there is staff on a date, and when the doors are open without any."""

    date: dt.date
    staffed: list[Span]
    unstaffed: list[Span]


@dataclass(frozen=True)
class WeekRun:
    """Weekdays in a row with the same staffed hours; 1 is Monday."""

    first: int
    last: int
    staffed: list[Span]


def coming_days(
    week: Sequence[WeeklyHours],
    dated: Iterable[OpeningDay],
    closings: Iterable[Closing],
    first: dt.date,
    zone: str,
) -> list[OpenDay]:
    """Return the coming days of which something is known. What is said of a date counts before the ordinary week, and
    a closing before both."""
    known = {day.date: day.hours for day in dated}
    shut = union(Interval(each.start.astimezone(dt.UTC), each.end.astimezone(dt.UTC)) for each in closings)
    found = []
    for date in (first + ahead * DAY for ahead in range(DAYS_SHOWN)):
        if date in known or week:
            ordinary = [each for each in week if each.weekday == date.isoweekday()]
            found.append(_day(date, known.get(date, ordinary), shut, ZoneInfo(zone)))
    return found


def _day(date: dt.date, hours: Sequence[Hours], shut: list[Interval], zone: ZoneInfo) -> OpenDay:
    def spans(kind: HoursKind) -> list[Span]:
        said = union(_interval(date, each, zone) for each in hours if each.kind == kind)
        return [
            Span(start.astimezone(zone).time(), end.astimezone(zone).time()) for start, end in difference(said, shut)
        ]

    return OpenDay(date, spans("staffed"), spans("self_service"))


def _interval(date: dt.date, hours: Hours, zone: ZoneInfo) -> Interval:
    last = date + DAY if hours.closes == dt.time(0) else date
    # In UTC: of two times of one zone Python compares the clocks, which an hour may separate when they change.
    opens, closes = dt.datetime.combine(date, hours.opens, zone), dt.datetime.combine(last, hours.closes, zone)
    return Interval(opens.astimezone(dt.UTC), closes.astimezone(dt.UTC))


def short_week(week: Iterable[WeeklyHours | DropIn]) -> list[WeekRun]:
    """Return the staffed hours of an ordinary week, or its drop-in windows; days in a row with the same are told
    together."""
    runs: list[WeekRun] = []
    of_days: dict[int, list[Span]] = {}
    for each in sorted(week, key=lambda hours: (hours.weekday, hours.opens)):
        if isinstance(each, DropIn) or each.kind == "staffed":
            of_days.setdefault(each.weekday, []).append(Span(each.opens, each.closes))
    for day, staffed in of_days.items():
        if runs and runs[-1].last == day - 1 and runs[-1].staffed == staffed:
            runs[-1] = WeekRun(runs[-1].first, day, staffed)
        else:
            runs.append(WeekRun(day, day, staffed))
    return runs

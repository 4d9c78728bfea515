"""Local time and instants: weekly hours as recurrences, and the open time that follows from them.

Hours are local wall time and follow the clock through DST: a time that does not exist is read with the offset before
the gap, one that exists twice as the first of the two (RFC 5545 section 3.3.5; PEP 495 with fold=0 does just that).
Lengths are real time. All intervals are half-open and stand on whole minutes.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.intervals import Interval, union

DEFAULT_HOLIDAYS = "FI"  # whose public holidays a tutor keeps who has not said so; ISO 3166
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
UNTIL = "%Y%m%dT%H%M%SZ"

WallHours = Sequence[tuple[dt.time, dt.time]]


def instant(date: dt.date, time: dt.time, zone: str) -> dt.datetime:
    """Return the instant of a local wall-clock time, in UTC."""
    return dt.datetime.combine(date, time, ZoneInfo(zone)).astimezone(dt.UTC)


@lru_cache(maxsize=10_000)
def midnight(date: dt.date, zone: str) -> dt.datetime:
    """Return when a local date begins."""
    return instant(date, dt.time(0), zone)


def local_date(at: dt.datetime, zone: str) -> dt.date:
    """Return the date on the wall at an instant."""
    return at.astimezone(ZoneInfo(zone)).date()


def whole_days(first: dt.date, last: dt.date, zone: str) -> Interval:
    """Return all the time of local dates `first` to `last`, both included."""
    return Interval(midnight(first, zone), midnight(last + DAY, zone))


def days(first: dt.date, last: dt.date) -> Iterable[dt.date]:
    """Return the dates from `first` to `last`, both included."""
    return (first + DAY * n for n in range((last - first).days + 1))


def wall_interval(date: dt.date, opens: dt.time, closes: dt.time, zone: str) -> Interval:
    """Return the interval of wall-clock hours that start on `date`; with `closes` at or before `opens`, they end on the
    next."""
    last = date if closes > opens else date + DAY
    return Interval(instant(date, opens, zone), instant(last, closes, zone))


def outwards(interval: Interval) -> Interval:
    """Return an interval widened to whole minutes."""
    start, end = (at.replace(second=0, microsecond=0) for at in (interval.start, interval.end))
    return Interval(start, end if end == interval.end else end + MINUTE)


@dataclass(frozen=True)
class Recurrence:
    """Every n-th week on the weekday of `first`, to the date `last` included: what an RFC 5545 DTSTART date and RRULE
    say. Its dates are those of whatever wall they are read on."""

    first: dt.date
    every: int = 1
    last: dt.date | None = None

    @classmethod
    def weekly(cls, weekday: int, every: int, valid_from: dt.date, valid_until: dt.date | None) -> "Recurrence":
        """Return such weekdays (1 is Monday) from the first on or after `valid_from`, to `valid_until` included."""
        return cls(valid_from + DAY * ((weekday - valid_from.isoweekday()) % 7), every, valid_until)

    @classmethod
    def parse(cls, first: dt.date, rule: str, last: dt.date | None, zone: str) -> "Recurrence":
        """Read what `rule` wrote. `last` is kept beside it since UNTIL, an instant, changes with the zone; where older
        versions have not written it, UNTIL is read in `zone`. Raises `ValueError` for any rule that is not every n-th
        week on one weekday."""
        parts = dict(part.split("=", 1) for part in rule.split(";"))
        if parts.pop("FREQ") != "WEEKLY" or parts.pop("BYDAY", WEEKDAYS[first.weekday()]) != WEEKDAYS[first.weekday()]:
            raise ValueError(rule)
        every, until = int(parts.pop("INTERVAL", "1")), parts.pop("UNTIL", None)
        if parts or every < 1:
            raise ValueError(rule)
        if last is None and until is not None:
            last = local_date(dt.datetime.strptime(until, UNTIL).replace(tzinfo=dt.UTC), zone)
        return cls(first, every, last)

    def rule(self, zone: str) -> str:
        """Return the RRULE; its UNTIL is the end of `last` in `zone`, in UTC."""
        every = f";INTERVAL={self.every}" if self.every > 1 else ""
        end = midnight(self.last + DAY, zone) - dt.timedelta(seconds=1) if self.last else None
        until = f";UNTIL={end.strftime(UNTIL)}" if end else ""
        return f"FREQ=WEEKLY{every};BYDAY={WEEKDAYS[self.first.weekday()]}{until}"

    def dates(self, first: dt.date, last: dt.date) -> Iterable[dt.date]:
        """Return its dates from `first` to `last`, both included."""
        last = min(last, self.last or last)
        step = 7 * self.every
        start = self.first if first <= self.first else first + DAY * (-(first - self.first).days % step)
        return (start + DAY * n for n in range(0, (last - start).days + 1, step))


@dataclass(frozen=True)
class WeeklyHours:
    """A tutor's weekly hours in the wall time of `zone`: at a service point, at people's homes, or remotely."""

    opens: dt.time
    closes: dt.time
    zone: str
    recurrence: Recurrence
    service_point_id: UUID | None
    channels: frozenset[str]
    offerings: frozenset[UUID] | None = None

    def between(self, first: dt.date, last: dt.date) -> Iterable[Interval]:
        """Return the intervals that start on local dates `first` to `last`; one may end after midnight."""
        for date in self.recurrence.dates(first, last):
            yield wall_interval(date, self.opens, self.closes, self.zone)


@dataclass(frozen=True)
class ExtraOpening:
    """Time on one occasion, `[start, end)`."""

    interval: Interval
    service_point_id: UUID | None
    channels: frozenset[str]
    offerings: frozenset[UUID] | None = None


def wall_hours(hours: Iterable[Sequence[str]]) -> WallHours:
    """Read pairs of wall-clock times as they are kept in JSON."""
    return [(dt.time.fromisoformat(opens), dt.time.fromisoformat(closes)) for opens, closes in hours]


def staffed_bound(known: Mapping[dt.date, WallHours], first: dt.date, last: dt.date, zone: str) -> list[Interval]:
    """Return when help may be given at a service point: in its staffed hours on dates that are known, at any time on
    others.

    A list of hours ends somewhere; beyond its end the tutor's own word counts. A closing time of 00:00 is the end of
    the day.
    """
    allowed = []
    for date in days(first - DAY, last + DAY):
        if date not in known:
            allowed.append(whole_days(date, date, zone))
            continue
        for opens, closes in known[date]:
            end = midnight(date + DAY, zone) if closes == dt.time(0) else instant(date, closes, zone)
            allowed.append(Interval(instant(date, opens, zone), end))
    return union(allowed)

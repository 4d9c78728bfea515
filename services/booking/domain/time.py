"""From weekly hours to the starts that can be booked.

Hours are local wall time and follow the clock through DST: a time that does not exist is read with the offset before
the gap, one that exists twice as the first of the two (RFC 5545 section 3.3.5; PEP 495 with fold=0 does just that).
Lengths are real time. All intervals are half-open and stand on whole minutes.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.intervals import Interval, difference, intersection, union

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class WeeklyHours:
    """A tutor's weekly hours, at a service point or remotely."""

    weekday: int
    opens: dt.time
    closes: dt.time
    zone: str
    service_point_id: UUID | None
    channels: tuple[str, ...]
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None

    def on(self, date: dt.date) -> Interval | None:
        """The interval that starts on `date`, if the hours are in force then; it may end after midnight."""
        if date.isoweekday() != self.weekday:
            return None
        if (self.valid_from and date < self.valid_from) or (self.valid_until and date > self.valid_until):
            return None
        last = date if self.closes > self.opens else date + DAY
        return Interval(instant(date, self.opens, self.zone), instant(last, self.closes, self.zone))


@dataclass(frozen=True)
class Rule:
    """What an offering asks of a start. Minutes of real time; `grid` counts from local midnight."""

    duration: int
    before: int
    after: int
    grid: int
    horizon_days: int


class Starts(NamedTuple):
    """Starts that can be booked: `first`, every `step` minutes, up to and with `last`."""

    first: dt.datetime
    last: dt.datetime
    step: int


def instant(date: dt.date, time: dt.time, zone: str) -> dt.datetime:
    """The instant of a local wall-clock time, in UTC."""
    return dt.datetime.combine(date, time, ZoneInfo(zone)).astimezone(dt.UTC)


def on_grid(at: dt.datetime, grid: int, zone: str) -> bool:
    """Whether an instant stands on the grid of its local day."""
    local = at.astimezone(ZoneInfo(zone))
    return (local.hour * 60 + local.minute) % grid == 0


def midnight(date: dt.date, zone: str) -> dt.datetime:
    """When a local date begins."""
    return instant(date, dt.time(0), zone)


def days(first: dt.date, last: dt.date) -> Iterable[dt.date]:
    """The dates from `first` to `last`, both included."""
    return (first + DAY * n for n in range((last - first).days + 1))


def expand(hours: Iterable[WeeklyHours], first: dt.date, last: dt.date) -> list[Interval]:
    """The open time of weekly hours on local dates `first` to `last`, with what still runs from the night before."""
    found = (weekly.on(date) for weekly in hours for date in days(first - DAY, last))
    return union(interval for interval in found if interval)


def staffed_bound(
    known: Mapping[dt.date, Sequence[tuple[dt.time, dt.time]]], first: dt.date, last: dt.date, zone: str
) -> list[Interval]:
    """When help may be given at a service point: in its staffed hours on dates that are known, at any time on others.

    A list of hours ends somewhere; beyond its end the tutor's own word counts. A closing time of 00:00 is the end of
    the day.
    """
    allowed = []
    for date in days(first - DAY, last + DAY):
        if date not in known:
            allowed.append(Interval(midnight(date, zone), midnight(date + DAY, zone)))
            continue
        for opens, closes in known[date]:
            end = midnight(date + DAY, zone) if closes == dt.time(0) else instant(date, closes, zone)
            allowed.append(Interval(instant(date, opens, zone), end))
    return union(allowed)


def starts(open_time: list[Interval], busy: list[Interval], rule: Rule, zone: str) -> list[Starts]:
    """The starts `s` on the grid with `[s, s+d)` inside one open interval and `[s-b, s+d+a)` clear of busy time.

    `busy` holds other bookings with their own buffers. Each result lies within one local date and one UTC offset.
    """
    duration = dt.timedelta(minutes=rule.duration)
    possible = [Interval(start, end - duration + MINUTE) for start, end in open_time if end - start >= duration]
    before, after = dt.timedelta(minutes=rule.before), dt.timedelta(minutes=rule.after)
    blocked = union(Interval(start - duration - after + MINUTE, end + before) for start, end in busy)
    return [
        aligned
        for free in difference(possible, blocked)
        for piece in _pieces(free, zone)
        if (aligned := _align(piece, rule.grid, zone))
    ]


def _pieces(span: Interval, zone: str) -> list[Interval]:
    """`span` cut at local midnights and, where the offset changes, at every half hour: no zone changes in between."""
    local_zone = ZoneInfo(zone)
    first, last = span.start.astimezone(local_zone), (span.end - MINUTE).astimezone(local_zone)
    if first.date() == last.date() and first.utcoffset() == last.utcoffset():
        return [span]
    cuts = [span.start]
    half_hour = span.start.replace(minute=0, second=0, microsecond=0)
    while (half_hour := half_hour + 30 * MINUTE) < span.end:
        if _changes(half_hour, local_zone):
            cuts.append(half_hour)
    return [Interval(start, end) for start, end in zip(cuts, [*cuts[1:], span.end], strict=True) if start < end]


def _changes(at: dt.datetime, zone: ZoneInfo) -> bool:
    now, just_before = at.astimezone(zone), (at - MINUTE).astimezone(zone)
    return now.date() != just_before.date() or now.utcoffset() != just_before.utcoffset()


def _align(piece: Interval, grid: int, zone: str) -> Starts | None:
    local = piece.start.astimezone(ZoneInfo(zone))
    past = (local.hour * 60 + local.minute) % grid
    first = piece.start + MINUTE * (-past % grid)
    if first >= piece.end:
        return None
    steps = (piece.end - MINUTE - first) // (MINUTE * grid)
    return Starts(first, first + MINUTE * grid * steps, grid)


@dataclass(frozen=True)
class Week:
    """All that decides when a tutor can be booked."""

    hours: tuple[WeeklyHours, ...]
    absences: tuple[Interval, ...]
    busy: tuple[Interval, ...]
    staffed: Mapping[UUID, Mapping[dt.date, Sequence[tuple[dt.time, dt.time]]]]
    zone: str

    def starts(
        self,
        rule: Rule,
        channel: str,
        service_point_id: UUID | None,
        first: dt.date,
        last: dt.date,
        today: dt.date,
    ) -> list[Starts]:
        """What can be booked by one rule at one place on local dates `first` to `last`, within the rule's horizon."""
        last = min(last, today + DAY * rule.horizon_days)
        if last < first:
            return []
        matching = [
            weekly
            for weekly in self.hours
            if weekly.service_point_id == service_point_id and channel in weekly.channels
        ]
        open_time = difference(expand(matching, first, last), union(self.absences))
        if service_point_id is not None:
            bound = staffed_bound(self.staffed.get(service_point_id, {}), first, last, self.zone)
            open_time = intersection(open_time, bound)
        wanted = Interval(midnight(first, self.zone), midnight(last + DAY, self.zone))
        found = starts(open_time, union(self.busy), rule, self.zone)
        return [run for run in found if wanted.start <= run.first < wanted.end]

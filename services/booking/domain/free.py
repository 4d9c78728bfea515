"""What a slot means: which starts an offering has at a tutor, given everything that bears on it.

A start `s` of an offering with duration `d`, buffers `b` before and `a` after is free exactly when `[s, s+d)` lies in
the tutor's open time and `[s-b, s+d+a)` overlaps no busy time, on the grid, within the horizon and the most of the day
and the week. What is worked out first are windows: intervals of instants at which a visit could start, whatever the
grid. Rooms and other helpers narrow windows by their own.
"""

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from services.booking.domain.time import (
    DAY,
    MINUTE,
    ExtraTime,
    WallHours,
    WeeklyHours,
    days,
    local_date,
    staffed_bound,
    wall_interval,
    whole_days,
)
from shared.intervals import Interval, difference, intersection, union

Location = tuple[float, float]  # latitude and longitude, WGS 84

EARTH_KM = 6371.0
ROADS_WIND = 1.3  # a road in the countryside is so much longer than the line on the map
KM_A_MINUTE = 1.0
SHORTEST_DRIVE = 10  # minutes; also from one home to another in the same municipality, whose middle is one point


def drive_minutes(one: Location, other: Location) -> int:
    """How long it takes to drive from one place to another, in whole minutes, from their coordinates."""
    lat1, lon1, lat2, lon2 = map(math.radians, (*one, *other))
    haversine = math.sin((lat2 - lat1) / 2) ** 2
    haversine += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    km = 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(haversine))) * ROADS_WIND
    return max(SHORTEST_DRIVE, math.ceil(km / KM_A_MINUTE))


@dataclass(frozen=True)
class Place:
    """Where and how help is given: at a service point, at homes in a municipality, or remotely."""

    channel: str
    service_point_id: UUID | None = None
    municipality: str | None = None
    location: Location | None = None


def drive_between(one: Place, other: Place) -> dt.timedelta:
    """What is kept free between two visits for driving, when one of them is at a home."""
    if "home" not in (one.channel, other.channel) or one.location is None or other.location is None:
        return dt.timedelta(0)
    return MINUTE * drive_minutes(one.location, other.location)


@dataclass(frozen=True)
class Rule:
    """What an offering asks of a start, for one of its durations. Minutes of real time."""

    offering_id: UUID
    duration: int
    before: int = 0
    after: int = 0
    grid: int = 15
    horizon_days: int = 56
    most_per_day: int | None = None
    most_per_week: int | None = None
    breaks: tuple[tuple[dt.time, dt.time], ...] = ()
    capacity: int = 1
    helpers: int = 1
    needs: frozenset[str] = frozenset()

    @property
    def is_shared(self) -> bool:
        """Whether its free starts depend on other tutors' time, or on rooms and devices."""
        return self.helpers > 1 or bool(self.needs)


@dataclass(frozen=True)
class Claim:
    """A session that takes a tutor's time. `busy` includes its buffers. A held one ends by itself at `expires`."""

    session_id: UUID
    start: dt.datetime
    busy: Interval
    rule: tuple[UUID, int]
    place: Place
    expires: dt.datetime | None = None
    # When each seat that is taken falls free by itself, if it does.
    seats: tuple[dt.datetime | None, ...] = (None,)
    leads: bool = True

    def lives(self, at: dt.datetime) -> bool:
        return self.expires is None or self.expires > at

    def seats_taken(self, at: dt.datetime) -> int:
        return sum(expires is None or expires > at for expires in self.seats)

    @property
    def seats_booked(self) -> int:
        """Those that do not fall free by themselves."""
        return self.seats.count(None)


class Hold(NamedTuple):
    """A time that a room or device is taken; it ends by itself at `expires`."""

    busy: Interval
    expires: dt.datetime | None


class Run(NamedTuple):
    """Starts that can be booked: `first`, every `step` minutes, up to and with `last`; from the instant `free_from`
    on, when holds that are in the way have run out. `seats_left` is of a group session: those not booked, though one
    or another may be held."""

    first: dt.datetime
    last: dt.datetime
    step: int
    free_from: dt.datetime | None = None
    seats_left: int | None = None


def blocked_starts(busy: Interval, rule: Rule, drive: dt.timedelta = dt.timedelta(0)) -> Interval:
    """The starts that a busy time makes impossible."""
    after, before = MINUTE * (rule.duration + rule.after), MINUTE * rule.before
    return Interval(busy.start - drive - after + MINUTE, busy.end + drive + before)


@dataclass(frozen=True)
class TutorTime:
    """All that decides when one tutor can be booked, whatever others do."""

    zone: str
    hours: tuple[WeeklyHours, ...] = ()
    extra: tuple[ExtraTime, ...] = ()
    absences: tuple[Interval, ...] = ()
    holidays: frozenset[dt.date] = frozenset()
    elsewhere: tuple[Interval, ...] = ()
    claims: tuple[Claim, ...] = ()
    # Of the service points: closings, staffed hours on known dates, and the zone of those hours.
    closings: Mapping[UUID, Sequence[Interval]] = field(default_factory=dict)
    staffed: Mapping[UUID, Mapping[dt.date, WallHours]] = field(default_factory=dict)
    staffed_zone: str = "Europe/Helsinki"

    def open_time(self, rule: Rule, place: Place, first: dt.date, last: dt.date) -> list[Interval]:
        """When help by that rule may be given there, on local dates `first` to `last` and a little around them."""
        found = self._openings(rule, place, first - DAY, last + DAY)
        if not found:
            return []
        return difference(union(found), union(self._shut(rule, place, first - DAY, last + DAY)))

    def _openings(self, rule: Rule, place: Place, first: dt.date, last: dt.date) -> list[Interval]:
        def fits(opening: WeeklyHours | ExtraTime) -> bool:
            return (
                opening.service_point_id == place.service_point_id
                and place.channel in opening.channels
                and (opening.offerings is None or rule.offering_id in opening.offerings)
            )

        weekly = (interval for hours in self.hours if fits(hours) for interval in hours.between(first - DAY, last))
        return [*weekly, *(extra.interval for extra in self.extra if fits(extra))]

    def _shut(self, rule: Rule, place: Place, first: dt.date, last: dt.date) -> Iterator[Interval]:
        yield from self.absences
        yield from (whole_days(date, date, self.zone) for date in self.holidays)
        for opens, closes in rule.breaks:
            yield from (wall_interval(date, opens, closes, self.zone) for date in days(first - DAY, last + DAY))
        if (point := place.service_point_id) is not None:
            yield from self.closings.get(point, ())
            if known := self.staffed.get(point):
                bound = staffed_bound(known, first - DAY, last + DAY, self.staffed_zone)
                yield from difference([whole_days(first - DAY, last + DAY, self.staffed_zone)], bound)

    def windows(self, rule: Rule, open_time: list[Interval], place: Place, at: dt.datetime) -> list[Interval]:
        """The instants at which a new session may start, seen at `at`, when holds that have run out are gone."""
        claims = [claim for claim in self.claims if claim.lives(at)]
        blocked = chain(
            (blocked_starts(claim.busy, rule, drive_between(claim.place, place)) for claim in claims),
            (blocked_starts(busy, rule) for busy in self.elsewhere),
            self._full(rule, claims),
        )
        return difference(_starts_within(open_time, rule), union(blocked))

    def _full(self, rule: Rule, claims: Sequence[Claim]) -> Iterator[Interval]:
        """The days and weeks in which the tutor has the most visits already."""
        dates = [local_date(claim.start, self.zone) for claim in claims]
        if rule.most_per_day is not None:
            for date, visits in Counter(dates).items():
                if visits >= rule.most_per_day:
                    yield whole_days(date, date, self.zone)
        if rule.most_per_week is not None:
            for monday, visits in Counter(date - DAY * date.weekday() for date in dates).items():
                if visits >= rule.most_per_week:
                    yield whole_days(monday, monday + 6 * DAY, self.zone)

    def sessions(
        self, rule: Rule, open_time: list[Interval], place: Place, at: dt.datetime
    ) -> list[tuple[Interval, int]]:
        """Group sessions that stand already and have a seat left, and how many are not booked. Joining one is no new
        visit, so the most of the day does not count; but its time must still be open and clear of everything else."""
        possible = _starts_within(open_time, rule)
        found = []
        for claim in self.claims:
            same = claim.leads and claim.rule == (rule.offering_id, rule.duration) and _same(claim.place, place)
            if not (same and claim.lives(at) and claim.seats_taken(at) < rule.capacity):
                continue
            start = Interval(claim.start, claim.start + MINUTE)
            others = [
                blocked_starts(other.busy, rule, drive_between(other.place, place))
                for other in self.claims
                if other.lives(at) and other.session_id != claim.session_id
            ]
            others += [blocked_starts(busy, rule) for busy in self.elsewhere]
            if difference(intersection(possible, [start]), union(others)):
                found.append((start, rule.capacity - claim.seats_booked))
        return found


def _same(one: Place, other: Place) -> bool:
    return (one.channel, one.service_point_id, one.municipality) == (
        other.channel,
        other.service_point_id,
        other.municipality,
    )


def _starts_within(open_time: Iterable[Interval], rule: Rule) -> list[Interval]:
    """The instants from which the duration fits into one opening."""
    duration = MINUTE * rule.duration
    return [Interval(start, end - duration + MINUTE) for start, end in open_time if end - start >= duration]


@dataclass(frozen=True)
class Shared:
    """What a session needs besides its tutor: other helpers, and one of each kind of equipment at the place."""

    mates: tuple[TutorTime, ...] = ()
    # Of each kind, the claims on each piece that there is.
    equipment: Mapping[str, Sequence[Sequence[Hold]]] = field(default_factory=dict)

    def windows(self, rule: Rule, place: Place, first: dt.date, last: dt.date, at: dt.datetime) -> list[Interval]:
        """The instants at which enough other helpers and one of each thing needed are free."""
        everything = [whole_days(first - DAY, last + DAY, "UTC")]
        found = everything
        for kind in sorted(rule.needs):
            pieces = [difference(everything, _blocked(holds, rule, at)) for holds in self.equipment.get(kind, ())]
            found = intersection(found, union(chain.from_iterable(pieces)))
        if rule.helpers > 1:
            mates = [mate.windows(rule, mate.open_time(rule, place, first, last), place, at) for mate in self.mates]
            found = intersection(found, at_least(rule.helpers - 1, mates))
        return found

    def expiries(self) -> Iterator[dt.datetime]:
        """When something of it falls free by itself."""
        for holds in chain.from_iterable(self.equipment.values()):
            yield from (hold.expires for hold in holds if hold.expires is not None)
        for mate in self.mates:
            yield from (claim.expires for claim in mate.claims if claim.expires is not None)


def _blocked(holds: Iterable[Hold], rule: Rule, at: dt.datetime) -> list[Interval]:
    return union(blocked_starts(hold.busy, rule) for hold in holds if hold.expires is None or hold.expires > at)


def at_least(count: int, lists: Sequence[Sequence[Interval]]) -> list[Interval]:
    """The time that is in at least `count` of the lists."""
    edges = sorted(
        chain.from_iterable(((start, 1), (end, -1)) for intervals in lists for start, end in intervals),
    )
    found, depth, begun = [], 0, None
    for at, change in edges:
        depth += change
        if depth >= count and begun is None:
            begun = at
        elif depth < count and begun is not None:
            found.append(Interval(begun, at))
            begun = None
    return union(found)


NOTHING_SHARED = Shared()


def free_runs(
    tutor: TutorTime,
    rule: Rule,
    place: Place,
    first: dt.date,
    last: dt.date,
    now: dt.datetime,
    shared: Shared = NOTHING_SHARED,
) -> list[Run]:
    """What can be booked by one rule at one place on local dates `first` to `last`, within the rule's horizon.

    Starts that only holds are in the way of are given too, each with the instant from which it is free.
    """
    last = min(last, local_date(now, tutor.zone) + DAY * rule.horizon_days)
    if last < first:
        return []
    open_time = tutor.open_time(rule, place, first, last)
    if not open_time:
        return []
    wanted = [whole_days(first, last, tutor.zone)]
    expiries = {claim.expires for claim in tutor.claims if claim.expires}
    expiries |= {seat for claim in tutor.claims for seat in claim.seats if seat}
    if rule.is_shared:
        expiries |= set(shared.expiries())
    found: list[Run] = []
    before: list[Interval] = []
    for at in [now, *sorted(at for at in expiries if at > now)]:
        layer, seats = _layer(tutor, rule, open_time, place, first, last, at, shared)
        free = intersection(union([*layer, *(start for start, _left in seats)]), wanted)
        fresh = difference(free, before)
        found += _runs(fresh, seats, rule, tutor.zone, free_from=at if at > now else None)
        before = union([*before, *fresh])
    return found


def _layer(
    tutor: TutorTime,
    rule: Rule,
    open_time: list[Interval],
    place: Place,
    first: dt.date,
    last: dt.date,
    at: dt.datetime,
    shared: Shared,
) -> tuple[list[Interval], list[tuple[Interval, int]]]:
    """Windows of new sessions, and sessions to join, seen at `at`."""
    windows = tutor.windows(rule, open_time, place, at)
    if rule.is_shared and windows:
        windows = intersection(windows, shared.windows(rule, place, first, last, at))
    return windows, tutor.sessions(rule, open_time, place, at) if rule.capacity > 1 else []


def _runs(
    windows: list[Interval],
    seats: list[tuple[Interval, int]],
    rule: Rule,
    zone: str,
    free_from: dt.datetime | None,
) -> list[Run]:
    joined = {start.start: left for start, left in seats}
    cut = [] if not joined else [Interval(start, start + MINUTE) for start in joined]
    pieces = [*difference(windows, union(cut)), *intersection(windows, union(cut))]
    whole = rule.capacity if rule.capacity > 1 else None
    return [
        run._replace(free_from=free_from, seats_left=joined.get(run.first, whole) if joined else whole)
        for run in aligned(pieces, rule.grid, zone)
    ]


def aligned(windows: Iterable[Interval], grid: int, zone: str) -> list[Run]:
    """The starts on the grid, counted from local midnight. A run lies within one local date and one UTC offset."""
    return [run for window in windows for piece in _pieces(window, zone) if (run := _align(piece, grid, zone))]


def _pieces(span: Interval, zone: str) -> list[Interval]:
    """`span` cut at local midnights and where the offset changes: both on quarters of an hour, in every zone."""
    local_zone = ZoneInfo(zone)
    first, last = span.start.astimezone(local_zone), (span.end - MINUTE).astimezone(local_zone)
    if first.date() == last.date() and first.utcoffset() == last.utcoffset():
        return [span]
    cuts = [span.start]
    quarter = span.start.replace(minute=0, second=0, microsecond=0)
    while (quarter := quarter + 15 * MINUTE) < span.end:
        if quarter > span.start and _changes(quarter, local_zone):
            cuts.append(quarter)
    return [Interval(start, end) for start, end in zip(cuts, [*cuts[1:], span.end], strict=True) if start < end]


def _changes(at: dt.datetime, zone: ZoneInfo) -> bool:
    now, just_before = at.astimezone(zone), (at - MINUTE).astimezone(zone)
    return now.date() != just_before.date() or now.utcoffset() != just_before.utcoffset()


def _align(piece: Interval, grid: int, zone: str) -> Run | None:
    local = piece.start.astimezone(ZoneInfo(zone))
    past = (local.hour * 60 + local.minute) % grid
    first = piece.start + MINUTE * (-past % grid)
    if first >= piece.end:
        return None
    steps = (piece.end - MINUTE - first) // (MINUTE * grid)
    return Run(first, first + MINUTE * grid * steps, grid)


def each(runs: Iterable[Run]) -> Iterator[tuple[dt.datetime, dt.datetime | None]]:
    """The starts one by one, each with the instant from which it is free, if that is not now."""
    for run in runs:
        at = run.first
        while at <= run.last:
            yield at, run.free_from
            at += MINUTE * run.step

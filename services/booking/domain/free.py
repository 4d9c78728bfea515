"""What a slot means: which starts an offering has at a tutor, given everything that bears on it.

A start `s` of an offering with duration `d`, buffers `b` before and `a` after is free exactly when `[s, s+d)` lies in
the tutor's open time and `[s-b, s+d+a)` overlaps no busy time, on the grid, within the horizon and the most of the day
and the week. What is worked out first are windows: intervals of instants at which a visit could start, whatever the
grid. Rooms and other tutors narrow windows by their own.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from services.booking.domain.drives import Place, drive_between
from services.booking.domain.grid import Run, aligned
from services.booking.domain.wall_time import (
    DAY,
    MINUTE,
    ExtraOpening,
    WallHours,
    WeeklyHours,
    days,
    local_date,
    staffed_bound,
    wall_interval,
    whole_days,
)
from shared.intervals import Interval, difference, intersection, union


@dataclass(frozen=True)
class SlotRule:
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
    tutors: int = 1
    needs: frozenset[str] = frozenset()

    @property
    def is_shared(self) -> bool:
        """Whether its free starts depend on other tutors' time, or on rooms and devices."""
        return self.tutors > 1 or bool(self.needs)


@dataclass(frozen=True)
class TutorClaim:
    """A visit that takes a tutor's time. `busy` includes its buffers. A held one ends by itself at `expires`."""

    visit_id: UUID
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


class EquipmentClaim(NamedTuple):
    """A time that a room or device is taken; it ends by itself at `expires`."""

    busy: Interval
    expires: dt.datetime | None


def blocked_starts(busy: Interval, rule: SlotRule, drive: dt.timedelta = dt.timedelta(0)) -> Interval:
    """Return the starts that a busy time makes impossible."""
    after, before = MINUTE * (rule.duration + rule.after), MINUTE * rule.before
    return Interval(busy.start - drive - after + MINUTE, busy.end + drive + before)


@dataclass(frozen=True)
class TutorWeek:
    """All that decides when one tutor can be booked, whatever others do."""

    zone: str
    hours: tuple[WeeklyHours, ...] = ()
    extra: tuple[ExtraOpening, ...] = ()
    absences: tuple[Interval, ...] = ()
    holidays: frozenset[dt.date] = frozenset()
    external_busy: tuple[Interval, ...] = ()
    claims: tuple[TutorClaim, ...] = ()
    # Of the service points: closings, staffed hours on known dates, and the zone of those hours.
    closings: Mapping[UUID, Sequence[Interval]] = field(default_factory=dict)
    staffed: Mapping[UUID, Mapping[dt.date, WallHours]] = field(default_factory=dict)
    staffed_zone: str = "Europe/Helsinki"

    def open_time(self, rule: SlotRule, place: Place, first: dt.date, last: dt.date) -> list[Interval]:
        """Return when help by a rule may be given at a place, on local dates `first` to `last` and a little around."""
        found = self._openings(rule, place, first - DAY, last + DAY)
        if not found:
            return []
        return difference(union(found), union(self._shut(rule, place, first - DAY, last + DAY)))

    def _openings(self, rule: SlotRule, place: Place, first: dt.date, last: dt.date) -> list[Interval]:
        def fits(opening: WeeklyHours | ExtraOpening) -> bool:
            return (
                opening.service_point_id == place.service_point_id
                and place.channel in opening.channels
                and (opening.offerings is None or rule.offering_id in opening.offerings)
            )

        weekly = (interval for hours in self.hours if fits(hours) for interval in hours.between(first - DAY, last))
        return [*weekly, *(extra.interval for extra in self.extra if fits(extra))]

    def _shut(self, rule: SlotRule, place: Place, first: dt.date, last: dt.date) -> Iterator[Interval]:
        yield from self.absences
        yield from (whole_days(date, date, self.zone) for date in self.holidays)
        for opens, closes in rule.breaks:
            yield from (wall_interval(date, opens, closes, self.zone) for date in days(first - DAY, last + DAY))
        if (point := place.service_point_id) is not None:
            yield from self.closings.get(point, ())
            if known := self.staffed.get(point):
                bound = staffed_bound(known, first - DAY, last + DAY, self.staffed_zone)
                yield from difference([whole_days(first - DAY, last + DAY, self.staffed_zone)], bound)

    def windows(self, rule: SlotRule, open_time: list[Interval], place: Place, at: dt.datetime) -> list[Interval]:
        """Return the instants at which a new visit may start, seen at `at`, when holds that have run out are gone."""
        claims = [claim for claim in self.claims if claim.lives(at)]
        blocked = chain(
            (blocked_starts(claim.busy, rule, drive_between(claim.place, place)) for claim in claims),
            (blocked_starts(busy, rule) for busy in self.external_busy),
            self._full(rule, claims),
        )
        return difference(_starts_within(open_time, rule), union(blocked))

    def _full(self, rule: SlotRule, claims: Sequence[TutorClaim]) -> Iterator[Interval]:
        """Yield the days and weeks in which the tutor has the most visits already."""
        dates = [local_date(claim.start, self.zone) for claim in claims]
        if rule.most_per_day is not None:
            for date, visits in Counter(dates).items():
                if visits >= rule.most_per_day:
                    yield whole_days(date, date, self.zone)
        if rule.most_per_week is not None:
            for monday, visits in Counter(date - DAY * date.weekday() for date in dates).items():
                if visits >= rule.most_per_week:
                    yield whole_days(monday, monday + 6 * DAY, self.zone)

    def group_visits(
        self, rule: SlotRule, open_time: list[Interval], place: Place, at: dt.datetime
    ) -> list[tuple[Interval, int]]:
        """Return the group visits that stand already and have a seat left, and how many are not booked.

        Joining one is no new visit, so the most of the day does not count; but its time must still be open and clear of
        everything else.
        """
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
                if other.lives(at) and other.visit_id != claim.visit_id
            ]
            others += [blocked_starts(busy, rule) for busy in self.external_busy]
            if difference(intersection(possible, [start]), union(others)):
                found.append((start, rule.capacity - claim.seats_booked))
        return found


def _same(one: Place, other: Place) -> bool:
    return (one.channel, one.service_point_id, one.municipality) == (
        other.channel,
        other.service_point_id,
        other.municipality,
    )


def _starts_within(open_time: Iterable[Interval], rule: SlotRule) -> list[Interval]:
    """Return the instants from which the duration fits into one opening."""
    duration = MINUTE * rule.duration
    return [Interval(start, end - duration + MINUTE) for start, end in open_time if end - start >= duration]


@dataclass(frozen=True)
class SharedResources:
    """What a visit needs besides its tutor: other tutors, and one of each kind of equipment at the place."""

    colleagues: tuple[TutorWeek, ...] = ()
    # Of each kind, the claims on each piece that there is.
    equipment: Mapping[str, Sequence[Sequence[EquipmentClaim]]] = field(default_factory=dict)

    def windows(self, rule: SlotRule, place: Place, first: dt.date, last: dt.date, at: dt.datetime) -> list[Interval]:
        """Return the instants at which enough other tutors and one of each thing needed are free."""
        everything = [whole_days(first - DAY, last + DAY, "UTC")]
        found = everything
        for kind in sorted(rule.needs):
            pieces = [difference(everything, _blocked(holds, rule, at)) for holds in self.equipment.get(kind, ())]
            found = intersection(found, union(chain.from_iterable(pieces)))
        if rule.tutors > 1:
            colleagues = [
                colleague.windows(rule, colleague.open_time(rule, place, first, last), place, at)
                for colleague in self.colleagues
            ]
            found = intersection(found, at_least(rule.tutors - 1, colleagues))
        return found

    def expiries(self) -> Iterator[dt.datetime]:
        """Yield when something of it falls free by itself."""
        for holds in chain.from_iterable(self.equipment.values()):
            yield from (hold.expires for hold in holds if hold.expires is not None)
        for colleague in self.colleagues:
            yield from (claim.expires for claim in colleague.claims if claim.expires is not None)


def _blocked(holds: Iterable[EquipmentClaim], rule: SlotRule, at: dt.datetime) -> list[Interval]:
    return union(blocked_starts(hold.busy, rule) for hold in holds if hold.expires is None or hold.expires > at)


def at_least(count: int, lists: Sequence[Sequence[Interval]]) -> list[Interval]:
    """Return the time that is in at least `count` of the lists."""
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


NOTHING_SHARED = SharedResources()


def free_runs(
    tutor: TutorWeek,
    rule: SlotRule,
    place: Place,
    first: dt.date,
    last: dt.date,
    now: dt.datetime,
    shared: SharedResources = NOTHING_SHARED,
) -> list[Run]:
    """Return what can be booked by one rule at one place on local dates `first` to `last`, within the rule's horizon.

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
    tutor: TutorWeek,
    rule: SlotRule,
    open_time: list[Interval],
    place: Place,
    first: dt.date,
    last: dt.date,
    at: dt.datetime,
    shared: SharedResources,
) -> tuple[list[Interval], list[tuple[Interval, int]]]:
    """Return windows of new visits, and group visits to join, seen at `at`."""
    windows = tutor.windows(rule, open_time, place, at)
    if rule.is_shared and windows:
        windows = intersection(windows, shared.windows(rule, place, first, last, at))
    return windows, tutor.group_visits(rule, open_time, place, at) if rule.capacity > 1 else []


def _runs(
    windows: list[Interval],
    seats: list[tuple[Interval, int]],
    rule: SlotRule,
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

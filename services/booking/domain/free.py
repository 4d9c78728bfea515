"""What a slot means: which starts an offering has at a tutor, given everything that bears on it.

A start `s` of an offering with duration `d`, buffers `b` before and `a` after is free exactly when `[s, s+d)` lies in
the tutor's open time and `[s-b, s+d+a)` overlaps no busy time, on the grid, within the horizon and the most of the day
and the week. What is worked out first are windows: intervals of instants at which a visit could start, whatever the
grid. Rooms and other tutors narrow windows by their own.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from services.booking.domain.drives import Place
from services.booking.domain.grid import Run, aligned
from services.booking.domain.shared_resources import SharedResources
from services.booking.domain.slot_rules import SlotRule
from services.booking.domain.tutor_week import TutorWeek
from services.booking.domain.wall_time import DAY, MINUTE, local_date, whole_days
from shared.intervals import Interval, difference, intersection, union

NOTHING_SHARED = SharedResources()
GroupVisits = list[tuple[Interval, int]]


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
    open_time = tutor.open_time(rule, place, first, last) if first <= last else []
    if not open_time:
        return []
    return list(_Opening(tutor, rule, place, first, last, shared, open_time).runs(now))


@dataclass(frozen=True)
class _Opening:
    """Open time of a tutor at a place, on some dates, for one rule."""

    tutor: TutorWeek
    rule: SlotRule
    place: Place
    first: dt.date
    last: dt.date
    shared: SharedResources
    open_time: list[Interval]

    def runs(self, now: dt.datetime) -> Iterator[Run]:
        """Yield what is free now, then what becomes free with each hold that runs out."""
        wanted = [whole_days(self.first, self.last, self.tutor.zone)]
        before: list[Interval] = []
        for at in [now, *self._expiries_after(now)]:
            visits = self._group_visits(at)
            free = union([*self._windows(at), *(start for start, _left in visits)])
            fresh = difference(intersection(free, wanted), before)
            yield from self._runs(fresh, visits, free_from=at if at > now else None)
            before = union([*before, *fresh])

    def _expiries_after(self, now: dt.datetime) -> list[dt.datetime]:
        """Return when something that is held falls free by itself."""
        found = {claim.expires for claim in self.tutor.claims}
        found |= {seat for claim in self.tutor.claims for seat in claim.seats}
        if self.rule.is_shared:
            found |= set(self.shared.expiries())
        return sorted(at for at in found if at is not None and at > now)

    def _group_visits(self, at: dt.datetime) -> GroupVisits:
        """Return the visits that can be joined, seen at `at`, each with how many of its seats are not booked."""
        if self.rule.capacity == 1:
            return []
        return self.tutor.group_visits(self.rule, self.open_time, self.place, at)

    def _windows(self, at: dt.datetime) -> list[Interval]:
        """Return the instants at which a new visit may start, seen at `at`."""
        windows = self.tutor.windows(self.rule, self.open_time, self.place, at)
        if self.rule.is_shared and windows:
            shared = self.shared.windows(self.rule, self.place, self.first, self.last, at)
            windows = intersection(windows, shared)
        return windows

    def _runs(self, windows: list[Interval], visits: GroupVisits, free_from: dt.datetime | None) -> Iterator[Run]:
        """Yield the starts of windows on the grid. Each group visit is a run of its own, since it has its own seats."""
        left = {start.start: seats for start, seats in visits}
        cut = [Interval(start, start + MINUTE) for start in sorted(left)]
        pieces = [*difference(windows, cut), *intersection(windows, cut)]
        whole = self.rule.capacity if self.rule.capacity > 1 else None
        for run in aligned(pieces, self.rule.grid, self.tutor.zone):
            yield run._replace(free_from=free_from, seats_left=left.get(run.first, whole))

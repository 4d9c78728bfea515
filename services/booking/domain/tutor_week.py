"""One tutor's week: when they have opened time, and the instants at which a visit may start, whatever others do."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from uuid import UUID

from services.booking.domain.drives import Place, drive_between
from services.booking.domain.slot_rules import SlotRule, blocked_starts
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

    def is_of(self, rule: SlotRule, place: Place) -> bool:
        """Whether the tutor leads this visit, and somebody who asks by that rule at that place could join it."""
        here = (self.place.channel, self.place.service_point_id, self.place.municipality)
        same_rule = self.rule == (rule.offering_id, rule.duration)
        return self.leads and same_rule and here == (place.channel, place.service_point_id, place.municipality)

    @property
    def seats_booked(self) -> int:
        """Those that do not fall free by themselves."""
        return self.seats.count(None)


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
    staffed_zone: str = field(kw_only=True)

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
        live = [claim for claim in self.claims if claim.lives(at)]
        blocked = chain(self._blocked(rule, place, live), self._full(rule, live))
        return difference(_starts_within(open_time, rule), union(blocked))

    def _blocked(self, rule: SlotRule, place: Place, claims: Iterable[TutorClaim]) -> Iterator[Interval]:
        """Yield the starts that claims and external busy time make impossible."""
        for claim in claims:
            yield blocked_starts(claim.busy, rule, drive_between(claim.place, place))
        for busy in self.external_busy:
            yield blocked_starts(busy, rule)

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
        live = [claim for claim in self.claims if claim.lives(at)]
        found = []
        for claim in live:
            if claim.is_of(rule, place) and claim.seats_taken(at) < rule.capacity:
                start = Interval(claim.start, claim.start + MINUTE)
                others = [other for other in live if other.visit_id != claim.visit_id]
                if difference(intersection(possible, [start]), union(self._blocked(rule, place, others))):
                    found.append((start, rule.capacity - claim.seats_booked))
        return found


def _starts_within(open_time: Iterable[Interval], rule: SlotRule) -> list[Interval]:
    """Return the instants from which the duration fits into one opening."""
    duration = MINUTE * rule.duration
    return [Interval(start, end - duration + MINUTE) for start, end in open_time if end - start >= duration]

"""The week of several tutors: rows that decide their time in, free spans out.

The rows are what `store.week` loads, for tutors who may depend on each other; everything here is worked out from them
and from nothing else.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID, uuid5

from services.booking.domain.drives import Place
from services.booking.domain.free import free_runs
from services.booking.domain.free_spans import FreeSpan
from services.booking.domain.grid import Run
from services.booking.domain.shared_resources import EquipmentClaim, SharedResources
from services.booking.domain.slot_rules import SlotRule
from services.booking.domain.tutor_week import TutorClaim, TutorWeek
from services.booking.domain.wall_time import (
    DAY,
    ExtraOpening,
    Recurrence,
    WallHours,
    WeeklyHours,
    local_date,
    wall_hours,
)
from services.booking.domain.week_rows import (
    ExtraTimeRow,
    OfferingRow,
    PointRow,
    TutorRow,
    WeeklyHoursRow,
    WeekRows,
)
from shared.intervals import Interval

# A tutor, an offering with its minutes, and a channel with its service point and municipality.
OpenTimeKey = tuple[UUID, tuple[UUID, int], tuple[str, UUID | None, str | None]]


def pieces_of(point: UUID, kind: str, count: int) -> list[UUID]:
    """Return the ids of a service point's rooms or devices of one kind: they have no rows of their own."""
    return [uuid5(point, f"{kind}/{number}") for number in range(1, count + 1)]


@dataclass(frozen=True)
class Week:
    """The rows of several tutors as the rules want them, around `within`. `holidays` has the dates of each country that
    a tutor keeps; `zone` is the installation's, in which service points' staffed hours are given."""

    rows: WeekRows
    within: Interval
    now: dt.datetime
    zone: str
    holidays: Mapping[str, frozenset[dt.date]]
    open_times: dict[OpenTimeKey, list[Interval]] = field(default_factory=dict, compare=False)

    @cached_property
    def tutors(self) -> dict[UUID, TutorRow]:
        return {row.id: row for row in self.rows.tutors}

    @cached_property
    def points(self) -> dict[UUID, PointRow]:
        return {row.id: row for row in self.rows.points}

    @cached_property
    def centres(self) -> dict[str, tuple[float, float] | None]:
        return {row.code: (row.lat, row.lon) if row.lat and row.lon else None for row in self.rows.centres}

    @cached_property
    def staffed(self) -> dict[UUID, dict[dt.date, WallHours]]:
        found: dict[UUID, dict[dt.date, WallHours]] = {}
        for row in self.rows.staffed:
            found.setdefault(row.service_point_id, {})[row.date] = wall_hours(row.hours)
        return found

    @cached_property
    def away(self) -> dict[tuple[UUID, bool], list[Interval]]:
        found: dict[tuple[UUID, bool], list[Interval]] = {}
        for row in self.rows.away:
            found.setdefault((row.whose, row.external), []).append(Interval(row.starts, row.ends))
        return found

    @cached_property
    def weeks(self) -> dict[UUID, TutorWeek]:
        return {tutor: self._week_of(row) for tutor, row in self.tutors.items()}

    def _week_of(self, tutor: TutorRow) -> TutorWeek:
        return TutorWeek(
            zone=tutor.zone,
            hours=tuple(_weekly_hours(row) for row in self.rows.hours if row.tutor_id == tutor.id),
            extra=tuple(_extra_opening(row) for row in self.rows.extra if row.tutor_id == tutor.id),
            absences=tuple(self.away.get((tutor.id, False), ())),
            holidays=self._holidays_of(tutor),
            external_busy=tuple(self.away.get((tutor.id, True), ())),
            claims=tuple(self._claims(tutor.id)),
            closings={point: self.away.get((point, False), ()) for point in self.points},
            staffed=self.staffed,
            staffed_zone=self.zone,
        )

    def _holidays_of(self, tutor: TutorRow) -> frozenset[dt.date]:
        if tutor.holidays is None:
            return frozenset()
        first, last = local_date(self.within.start, tutor.zone) - DAY, local_date(self.within.end, tutor.zone) + DAY
        return frozenset(date for date in self.holidays.get(tutor.holidays, ()) if first <= date <= last)

    def _claims(self, tutor: UUID) -> Iterator[TutorClaim]:
        for row in self.rows.claims:
            if row.resource_id == tutor:
                yield TutorClaim(
                    visit_id=row.visit_id,
                    start=row.starts,
                    busy=row.busy,
                    rule=(row.offering_id, row.duration),
                    place=self._place(row.channel, row.service_point_id, row.municipality),
                    expires=row.expires,
                    seats=tuple(row.seats),
                    leads=row.kind == "tutor",
                )

    def _place(self, channel: str, point: UUID | None, municipality: str | None) -> Place:
        if channel == "home" and municipality:
            return Place(channel, None, municipality, self.centres.get(municipality))
        found = self.points.get(point) if point else None
        location = (found.lat, found.lon) if found and found.lat and found.lon else None
        return Place(channel, point, None, location)

    def by_zone(self, tutors: Iterable[UUID]) -> dict[str, list[UUID]]:
        """Return these tutors by the zone that their dates are of."""
        found: dict[str, list[UUID]] = {}
        for tutor in tutors:
            if row := self.tutors.get(tutor):
                found.setdefault(row.zone, []).append(tutor)
        return found

    @property
    def counts_by_week(self) -> bool:
        """Whether a claim on one day may change what is free on the other days of its week."""
        return any(offering.most_per_week for offering in self.rows.offerings)

    def offerings(self, tutor: TutorRow) -> list[OfferingRow]:
        """Return what a tutor gives: of their organisation, with a topic and a channel that both have."""
        return [
            row
            for row in self.rows.offerings
            if row.organisation_id == tutor.organisation_id
            and set(row.topics) & set(tutor.topics)
            and set(row.channels) & set(tutor.channels)
        ]

    def places(self, tutor: TutorRow) -> list[Place]:
        """Return where a tutor helps at all: active service points that have not withdrawn their consent, homes in
        municipalities, remotely."""
        found = []
        for channel, point in sorted(self._opened(tutor), key=str):
            if channel == "home":
                found += [self._place("home", None, code) for code in sorted(tutor.home_municipalities)]
            elif point is None or ((known := self.points.get(point)) and known.active and point not in tutor.withdrawn):
                found.append(self._place(channel, point, None))
        return found

    def _opened(self, tutor: TutorRow) -> set[tuple[str, UUID | None]]:
        """Return the channels and service points for which a tutor has opened time."""
        opening: list[WeeklyHoursRow | ExtraTimeRow] = [*self.rows.hours, *self.rows.extra]
        mine = [row for row in opening if row.tutor_id == tutor.id]
        return {
            (channel, row.service_point_id) for row in mine for channel in row.channels if channel in tutor.channels
        }

    def is_open_for(
        self, tutor: UUID, rule: tuple[UUID, int], place: tuple[str, UUID | None, str | None], visit: Interval
    ) -> bool:
        """Whether a visit stands in its tutor's open time. `rule` is its offering and minutes, `place` its channel,
        service point and municipality. What is not known any more is not judged."""
        offering = next((each for each in self.rows.offerings if each.id == rule[0]), None)
        if offering is None or tutor not in self.weeks:
            return True
        key = (tutor, rule, place)
        if key not in self.open_times:  # a tutor's visits are mostly of one kind: their open time is worked out once
            known = next((each for each in rules_of(offering) if each.duration == rule[1]), SlotRule(*rule))
            self.open_times[key] = self._open_time(tutor, known, self._place(*place))
        open_time = self.open_times[key]
        latest = bisect_right(open_time, visit.start, key=lambda interval: interval.start) - 1
        return latest >= 0 and visit.end <= open_time[latest].end

    def _open_time(self, tutor: UUID, rule: SlotRule, place: Place) -> list[Interval]:
        zone = self.tutors[tutor].zone
        first, last = local_date(self.within.start, zone), local_date(self.within.end, zone)
        return self.weeks[tutor].open_time(rule, place, first, last)

    def is_pooled(self, tutor: UUID) -> bool:
        """Whether a tutor's free spans depend on other tutors' time, or on rooms and devices."""
        row = self.tutors.get(tutor)
        if row is None or not row.active:
            return False
        on_site = any(place.service_point_id for place in self.places(row))
        return on_site and any(offering.is_shared for offering in self.offerings(row))

    def is_plain(self, tutor: TutorRow) -> bool:
        """Whether a new claim only takes its own time out of a tutor's free spans, and changes nothing else."""
        offerings = self.offerings(tutor)
        drives = "home" in tutor.channels and bool(tutor.home_municipalities)
        counted = any(offering.is_bounded or offering.capacity > 1 for offering in offerings)
        return not (counted or drives or self.is_pooled(tutor.id))

    def spans(self, tutor: UUID, first: dt.date, last: dt.date) -> Iterator[FreeSpan]:
        """Yield a tutor's free spans that begin on local dates `first` to `last`, today being the earliest."""
        row = self.tutors.get(tutor)
        if row is None or not row.active:
            return
        first = max(first, local_date(self.now, row.zone))
        plain = self.is_plain(row)
        for place in self.places(row):
            for offering in self.offerings(row):
                if _is_given_at(offering, place):
                    for rule in rules_of(offering):
                        shared = self._shared(row, rule, place) if rule.is_shared else SharedResources()
                        runs = free_runs(self.weeks[tutor], rule, place, first, last, self.now, shared)
                        yield from (self._span(row, offering, rule, place, run, plain=plain) for run in runs)

    def _shared(self, tutor: TutorRow, rule: SlotRule, place: Place) -> SharedResources:
        """Return what a visit could take besides its tutor, at a place: other tutors of the same offering, and
        equipment."""
        colleagues = [row for row in self.rows.tutors if row.id != tutor.id and self._could_join(row, rule, place)]
        equipment = {
            kind: [self._claims_on(piece) for piece in self._pieces(place.service_point_id, kind)]
            for kind in rule.needs
            if place.service_point_id
        }
        return SharedResources(tuple(self.weeks[row.id] for row in colleagues), equipment)

    def _could_join(self, row: TutorRow, rule: SlotRule, place: Place) -> bool:
        gives = any(offering.id == rule.offering_id for offering in self.offerings(row))
        return row.active and place.channel in row.channels and gives

    def _pieces(self, point: UUID | None, kind: str) -> Sequence[UUID]:
        known = self.points.get(point) if point else None
        return pieces_of(known.id, kind, known.equipment.get(kind, 0)) if known else []

    def _claims_on(self, piece: UUID) -> list[EquipmentClaim]:
        return [EquipmentClaim(row.busy, row.expires) for row in self.rows.claims if row.resource_id == piece]

    def _span(
        self, tutor: TutorRow, offering: OfferingRow, rule: SlotRule, place: Place, run: Run, *, plain: bool
    ) -> FreeSpan:
        point = self.points.get(place.service_point_id) if place.service_point_id else None
        return FreeSpan(
            first_start=run.first,
            last_start=run.last,
            free_from=run.free_from,
            tutor_id=tutor.id,
            offering_id=offering.id,
            service_point_id=place.service_point_id,
            step_minutes=run.step,
            duration_minutes=rule.duration,
            before_minutes=rule.before,
            after_minutes=rule.after,
            notice_minutes=offering.notice_minutes,
            seats_left=run.seats_left,
            drop_in=False,
            plain=plain,
            channel=place.channel,
            region=tutor.region,
            municipality=point.municipality if point else place.municipality,
            languages=tuple(tutor.languages),
            features=tuple(point.features) if point else (),
            topics=tuple(sorted(set(offering.topics) & set(tutor.topics))),
        )


def _is_given_at(offering: OfferingRow, place: Place) -> bool:
    """Whether an offering can be given at a place at all. Other tutors, rooms and devices are at service points."""
    return place.channel in offering.channels and (not offering.is_shared or place.service_point_id is not None)


def _weekly_hours(row: WeeklyHoursRow) -> WeeklyHours:
    return WeeklyHours(
        opens=row.opens,
        closes=row.closes,
        zone=row.zone,
        recurrence=Recurrence.parse(row.starts_on, row.recurrence, row.last_on, row.zone),
        service_point_id=row.service_point_id,
        channels=frozenset(row.channels),
        offerings=frozenset(row.offerings) if row.offerings is not None else None,
    )


def _extra_opening(row: ExtraTimeRow) -> ExtraOpening:
    return ExtraOpening(
        Interval(row.starts, row.ends),
        row.service_point_id,
        frozenset(row.channels),
        frozenset(row.offerings) if row.offerings is not None else None,
    )


def rules_of(row: OfferingRow) -> Iterator[SlotRule]:
    """Yield the rule of each of an offering's durations."""
    breaks = wall_hours([[part["from"], part["to"]] for part in row.breaks])
    for duration in sorted(set(row.durations)):
        yield SlotRule(
            offering_id=row.id,
            duration=duration,
            before=row.buffer_before_minutes,
            after=row.buffer_after_minutes,
            grid=row.grid_minutes,
            horizon_days=row.horizon_days,
            most_per_day=row.most_per_day,
            most_per_week=row.most_per_week,
            breaks=tuple(breaks),
            capacity=row.capacity,
            tutors=row.tutors,
            needs=frozenset(row.needs),
        )

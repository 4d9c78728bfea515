"""Keeping free spans true: worked out anew, for the dates that a change touches, by the transaction that makes it."""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import holidays

from services.booking.domain.appointments import NOBODY, NOWHERE
from services.booking.domain.free import (
    Claim,
    Hold,
    Place,
    Rule,
    Run,
    Shared,
    TutorTime,
    free_runs,
)
from services.booking.domain.time import (
    DAY,
    ExtraTime,
    Recurrence,
    WallHours,
    WeeklyHours,
    days,
    local_date,
    wall_interval,
    whole_days,
)
from services.booking.store import appointments, claims, rules, spans
from services.booking.store.appointments import Appointment
from services.booking.store.rules import ExtraRow, HoursRow, OfferingRow, PointRow, Rules, TutorRow
from shared.db import Connection
from shared.intervals import Interval, difference, intersection, union

# How far from a claim a start can be and still be hindered by it: the longest visit with its buffers, and the drive.
LONGEST_BEFORE = dt.timedelta(hours=24)
LONGEST_AFTER = dt.timedelta(hours=16)
ALWAYS = "-infinity"
DROP_IN_DAYS = 56


def pieces_of(point: uuid.UUID, kind: str, count: int) -> list[uuid.UUID]:
    """The ids of a service point's rooms or devices of one kind."""
    return [uuid.uuid5(point, f"{kind}/{number}") for number in range(1, count + 1)]


async def refresh(connection: Connection, tutors: Sequence[uuid.UUID], *, now: dt.datetime, zone: str) -> None:
    """Work out all free spans of these tutors and of those who depend on them, from today to the horizon. The caller
    holds their locks."""
    everybody = [*tutors, *await rules.mates(connection, tutors)]
    today = local_date(now, zone)
    horizon = today + DAY * (1 + await spans.longest_horizon(connection, everybody))
    within = whole_days(today - DAY, horizon, zone)
    week = await _load(connection, everybody, within, now=now, zone=zone)
    rows = [row for tutor in everybody for row in week.rows(tutor, today - DAY, horizon)]
    await spans.replace(connection, everybody, rows)
    for tutor in tutors:
        await spans.mark_fresh(connection, tutor, today, pooled=week.is_pooled(tutor))


async def outside(
    connection: Connection, tutors: Sequence[uuid.UUID], *, now: dt.datetime, zone: str
) -> dict[uuid.UUID, Appointment]:
    """The coming appointments of these tutors that stand outside open time, as the rules are now."""
    coming = await appointments.coming(connection, tutors, now)
    if not coming:
        return {}
    within = Interval(coming[0].starts, max(row.ends for row in coming))
    week = await _load(connection, tutors, within, now=now, zone=zone)
    return {row.id: row for row in coming if not week.is_open_for(row)}


async def locked_with_mates(connection: Connection, tutors: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Lock these tutors and those who depend on them; answers the latter."""
    mates = await rules.mates(connection, tutors)
    region = await claims.region_of(connection, tutors) if mates else None
    await claims.lock(connection, [*tutors, *mates], region=region)
    return mates


async def refresh_around(
    connection: Connection, tutors: Sequence[uuid.UUID], busy: Sequence[Interval], *, now: dt.datetime, zone: str
) -> None:
    """Work out the free spans anew of these tutors, and of those who depend on them, on the dates that claims touch.
    The caller holds the locks."""
    if not busy or not tutors:
        return
    everybody = [*tutors, *await rules.mates(connection, tutors)]
    start = min(interval.start for interval in busy) - LONGEST_BEFORE
    end = max(interval.end for interval in busy) + LONGEST_AFTER
    first, last = local_date(start, zone), local_date(end, zone)
    week = await _load(connection, everybody, whole_days(first - 7 * DAY, last + 7 * DAY, zone), now=now, zone=zone)
    if any(offering.most_per_week for offering in week.loaded.offerings):
        first, last = first - DAY * first.weekday(), last + DAY * (6 - last.weekday())
    for own_zone, sharing in week.by_zone(everybody).items():
        rows = [row for tutor in sharing for row in week.rows(tutor, first, last)]
        await spans.replace(connection, sharing, rows, whole_days(first, last, own_zone))


async def worked_out(
    connection: Connection, tutors: Sequence[uuid.UUID], *, now: dt.datetime, zone: str
) -> list[dict[str, Any]]:
    """The free spans of these tutors as the rules give them, from nothing."""
    everybody = [*tutors, *await rules.mates(connection, tutors)]
    today = local_date(now, zone)
    horizon = today + DAY * (1 + await spans.longest_horizon(connection, everybody))
    week = await _load(connection, everybody, whole_days(today - DAY, horizon, zone), now=now, zone=zone)
    return [row for tutor in tutors for row in week.rows(tutor, today - DAY, horizon)]


async def _load(
    connection: Connection, tutors: Sequence[uuid.UUID], within: Interval, *, now: dt.datetime, zone: str
) -> "_Weeks":
    at = await rules.equipment_at(connection, tutors)
    equipment = {(point, kind): pieces_of(point, kind, count) for point, kinds in at for kind, count in kinds.items()}
    every_piece = [piece for pieces in equipment.values() for piece in pieces]
    loaded = await rules.load(connection, tutors, within, equipment=every_piece, now=now, zone=zone)
    return _Weeks(loaded, equipment, within, now, zone)


@lru_cache(maxsize=100)
def _holidays(country: str, year: int) -> frozenset[dt.date]:
    return frozenset(holidays.country_holidays(country, years=year))


@dataclass(frozen=True)
class _Weeks:
    """The rules of several tutors, as the pure core wants them."""

    loaded: Rules
    equipment: dict[tuple[uuid.UUID, str], list[uuid.UUID]]
    within: Interval
    now: dt.datetime
    zone: str

    @cached_property
    def tutors(self) -> dict[uuid.UUID, TutorRow]:
        return {row.id: row for row in self.loaded.tutors}

    @cached_property
    def points(self) -> dict[uuid.UUID, PointRow]:
        return {row.id: row for row in self.loaded.points}

    @cached_property
    def centres(self) -> dict[str, tuple[float, float] | None]:
        return {row.code: (row.lat, row.lon) if row.lat and row.lon else None for row in self.loaded.centres}

    @cached_property
    def staffed(self) -> dict[uuid.UUID, dict[dt.date, WallHours]]:
        found: dict[uuid.UUID, dict[dt.date, WallHours]] = {}
        for row in self.loaded.staffed:
            found.setdefault(row.service_point_id, {})[row.date] = rules.wall_hours(row.hours)
        return found

    @cached_property
    def away(self) -> dict[tuple[uuid.UUID, bool], list[Interval]]:
        found: dict[tuple[uuid.UUID, bool], list[Interval]] = {}
        for row in self.loaded.away:
            found.setdefault((row.whose, row.elsewhere), []).append(Interval(row.starts, row.ends))
        return found

    @cached_property
    def times(self) -> dict[uuid.UUID, TutorTime]:
        return {tutor: self._time(row) for tutor, row in self.tutors.items()}

    def _time(self, tutor: TutorRow) -> TutorTime:
        first, last = local_date(self.within.start, tutor.zone) - DAY, local_date(self.within.end, tutor.zone) + DAY
        closed: frozenset[dt.date] = frozenset()
        if tutor.holidays:
            years = range(first.year, last.year + 1)
            closed = frozenset(
                date for year in years for date in _holidays(tutor.holidays, year) if first <= date <= last
            )
        return TutorTime(
            zone=tutor.zone,
            hours=tuple(_weekly(row) for row in self.loaded.hours if row.tutor_id == tutor.id),
            extra=tuple(
                ExtraTime(
                    Interval(row.starts, row.ends),
                    row.service_point_id,
                    frozenset(row.channels),
                    frozenset(row.offerings) if row.offerings is not None else None,
                )
                for row in self.loaded.extra
                if row.tutor_id == tutor.id
            ),
            absences=tuple(self.away.get((tutor.id, False), ())),
            holidays=closed,
            elsewhere=tuple(self.away.get((tutor.id, True), ())),
            claims=tuple(self._claims(tutor.id)),
            closings={point: self.away.get((point, False), ()) for point in self.points},
            staffed=self.staffed,
            staffed_zone=self.zone,
        )

    def _claims(self, tutor: uuid.UUID) -> Iterator[Claim]:
        for row in self.loaded.claims:
            if row.resource_id == tutor and row.busy.lower and row.busy.upper:
                yield Claim(
                    session_id=row.session_id,
                    start=row.starts,
                    busy=Interval(row.busy.lower, row.busy.upper),
                    rule=(row.offering_id, row.duration),
                    place=self._place(row.channel, row.service_point_id, row.municipality),
                    expires=row.expires,
                    seats=tuple(row.seats),
                    leads=row.kind == "tutor",
                )

    def _place(self, channel: str, point: uuid.UUID | None, municipality: str | None) -> Place:
        found = self.points.get(point) if point else None
        location = (found.lat, found.lon) if found and found.lat and found.lon else None
        if channel == "home" and municipality:
            return Place(channel, None, municipality, self.centres.get(municipality))
        return Place(channel, point, None, location)

    def by_zone(self, tutors: Iterable[uuid.UUID]) -> dict[str, list[uuid.UUID]]:
        """These tutors by the zone that their dates are of."""
        found: dict[str, list[uuid.UUID]] = {}
        for tutor in tutors:
            if row := self.tutors.get(tutor):
                found.setdefault(row.zone, []).append(tutor)
        return found

    def offerings(self, tutor: TutorRow) -> list[OfferingRow]:
        """What the tutor gives: of their organisation, with a topic and a channel that both have."""
        return [
            row
            for row in self.loaded.offerings
            if row.organisation_id == tutor.organisation_id
            and set(row.topics) & set(tutor.topics)
            and set(row.channels) & set(tutor.channels)
        ]

    def places(self, tutor: TutorRow) -> list[Place]:
        """Where the tutor helps at all: active service points, homes in municipalities, remotely."""
        told: list[HoursRow | ExtraRow] = [*self.loaded.hours, *self.loaded.extra]
        opened = {
            (channel, row.service_point_id)
            for row in told
            if row.tutor_id == tutor.id
            for channel in row.channels
            if channel in tutor.channels
        }
        found = []
        for channel, point in sorted(opened, key=str):
            if channel == "home":
                found += [self._place("home", None, code) for code in sorted(tutor.home_municipalities)]
            elif point is None or ((known := self.points.get(point)) and known.active):
                found.append(self._place(channel, point, None))
        return found

    def is_open_for(self, row: Appointment) -> bool:
        """Whether an appointment stands in its tutor's open time. What is not known any more is not judged."""
        offering = next((each for each in self.loaded.offerings if each.id == row.offering_id), None)
        if offering is None or row.tutor_id not in self.times:
            return True
        rule = next((rule for rule in _rules(offering) if rule.duration == row.duration), None)
        rule = rule or Rule(offering.id, row.duration)
        place = self._place(row.channel, row.service_point_id, row.municipality)
        date = local_date(row.starts, self.tutors[row.tutor_id].zone)
        open_time = self.times[row.tutor_id].open_time(rule, place, date, date)
        return any(start <= row.starts and row.ends <= end for start, end in open_time)

    def is_pooled(self, tutor: uuid.UUID) -> bool:
        """Whether the tutor's free spans depend on other tutors' time, or on rooms and devices."""
        row = self.tutors.get(tutor)
        if row is None or not row.active:
            return False
        on_site = any(place.service_point_id for place in self.places(row))
        return on_site and any(_is_shared(offering) for offering in self.offerings(row))

    def is_plain(self, tutor: TutorRow) -> bool:
        """Whether a new claim only takes its own time out of the tutor's free spans, and changes nothing else."""
        offerings = self.offerings(tutor)
        bounded = any(offering.most_per_day or offering.most_per_week for offering in offerings)
        grouped = any(offering.capacity > 1 for offering in offerings)
        drives = "home" in tutor.channels and bool(tutor.home_municipalities)
        return not (bounded or grouped or drives or self.is_pooled(tutor.id))

    def rows(self, tutor: uuid.UUID, first: dt.date, last: dt.date) -> Iterator[dict[str, Any]]:
        """The free spans of a tutor that begin on local dates `first` to `last`, today being the earliest."""
        row = self.tutors.get(tutor)
        if row is None or not row.active:
            return
        first = max(first, local_date(self.now, row.zone))
        plain = self.is_plain(row)
        for place in self.places(row):
            for offering in self.offerings(row):
                if place.channel not in offering.channels or (_is_shared(offering) and not place.service_point_id):
                    continue  # company, rooms and devices are at service points
                for rule in _rules(offering):
                    shared = self._shared(row, rule, place) if rule.is_shared else Shared()
                    runs = free_runs(self.times[tutor], rule, place, first, last, self.now, shared)
                    yield from (self._span(row, offering, rule, place, run, plain=plain) for run in runs)

    def _shared(self, tutor: TutorRow, rule: Rule, place: Place) -> Shared:
        mates = [
            row
            for row in self.loaded.tutors
            if row.id != tutor.id
            and row.active
            and place.channel in row.channels
            and any(offering.id == rule.offering_id for offering in self.offerings(row))
        ]
        equipment = {
            kind: [self._holds(piece) for piece in self.equipment.get((place.service_point_id, kind), ())]
            for kind in rule.needs
            if place.service_point_id
        }
        return Shared(tuple(self.times[row.id] for row in mates), equipment)

    def _holds(self, piece: uuid.UUID) -> list[Hold]:
        return [
            Hold(Interval(row.busy.lower, row.busy.upper), row.expires)
            for row in self.loaded.claims
            if row.resource_id == piece and row.busy.lower and row.busy.upper
        ]

    def _span(
        self, tutor: TutorRow, offering: OfferingRow, rule: Rule, place: Place, run: Run, *, plain: bool
    ) -> dict[str, Any]:
        point = self.points.get(place.service_point_id) if place.service_point_id else None
        return {
            "first_start": run.first.isoformat(),
            "last_start": run.last.isoformat(),
            "free_from": run.free_from.isoformat() if run.free_from else ALWAYS,
            "tutor_id": str(tutor.id),
            "offering_id": str(offering.id),
            "service_point_id": str(place.service_point_id) if place.service_point_id else None,
            "step_minutes": run.step,
            "duration_minutes": rule.duration,
            "before_minutes": rule.before,
            "after_minutes": rule.after,
            "notice_minutes": offering.notice_minutes,
            "seats_left": run.seats_left,
            "drop_in": False,
            "plain": plain,
            "channel": place.channel,
            "region": tutor.region,
            "municipality": point.municipality if point else place.municipality,
            "languages": tutor.languages,
            "features": point.features if point else [],
            "topics": sorted(set(offering.topics) & set(tutor.topics)),
        }


def _weekly(row: HoursRow) -> WeeklyHours:
    return WeeklyHours(
        opens=row.opens,
        closes=row.closes,
        zone=row.zone,
        recurrence=Recurrence.parse(row.starts_on, row.recurrence),
        service_point_id=row.service_point_id,
        channels=frozenset(row.channels),
        offerings=frozenset(row.offerings) if row.offerings is not None else None,
    )


def _is_shared(row: OfferingRow) -> bool:
    return row.helpers > 1 or bool(row.needs)


def _rules(row: OfferingRow) -> Iterator[Rule]:
    """The rule of each of an offering's durations."""
    for duration in sorted(set(row.durations)):
        yield Rule(
            offering_id=row.id,
            duration=duration,
            before=row.buffer_before_minutes,
            after=row.buffer_after_minutes,
            grid=row.grid_minutes,
            horizon_days=row.horizon_days,
            most_per_day=row.most_per_day,
            most_per_week=row.most_per_week,
            breaks=tuple(
                (dt.time.fromisoformat(part["from"]), dt.time.fromisoformat(part["to"])) for part in row.breaks
            ),
            capacity=row.capacity,
            helpers=row.helpers,
            needs=frozenset(row.needs),
        )


async def refresh_drop_in(connection: Connection, point: uuid.UUID, *, now: dt.datetime, zone: str) -> None:
    """Lay out a service point's drop-in windows anew, from today on. They are seen until they end: their notice is
    their length, backwards."""
    today = local_date(now, zone)
    row = await rules.drop_in(connection, point, whole_days(today, today + DAY * DROP_IN_DAYS, zone))
    found = []
    if row is not None and row.active:
        for window in row.drop_in:
            for date in days(today - DAY, today + DAY * DROP_IN_DAYS):
                if date.isoweekday() == window["weekday"]:
                    opens, closes = (dt.time.fromisoformat(window[edge]) for edge in ("from", "to"))
                    whole = [wall_interval(date, opens, closes, zone)]
                    found += [
                        _drop_in_span(row, window, interval)
                        for interval in difference(
                            intersection(whole, row.staffed_around(date, zone)), union(row.closings)
                        )
                        if interval.end > now
                    ]
    await spans.replace_drop_in(connection, point, found)
    await spans.mark_point_fresh(connection, point, today)


def _drop_in_span(row: rules.DropInRow, window: dict[str, Any], interval: Interval) -> dict[str, Any]:
    minutes = int((interval.end - interval.start).total_seconds()) // 60
    return {
        "first_start": interval.start.isoformat(),
        "last_start": interval.start.isoformat(),
        "free_from": ALWAYS,
        "tutor_id": str(NOBODY),
        "offering_id": str(NOWHERE),
        "service_point_id": str(row.id),
        "step_minutes": 1,
        "duration_minutes": minutes,
        "before_minutes": 0,
        "after_minutes": 0,
        "notice_minutes": -minutes,
        "seats_left": None,
        "drop_in": True,
        "plain": False,
        "channel": "on_site",
        "region": row.region,
        "municipality": row.municipality,
        "languages": window.get("languages", []),
        "features": row.features,
        "topics": sorted(set(window["topics"])),
    }


async def differences(
    connection: Connection, tutors: Sequence[uuid.UUID], *, now: dt.datetime, zone: str
) -> set[tuple[Any, ...]]:
    """The free starts of these tutors that are kept and should not be, or should be and are not: none, if all is well.
    Starts are compared, not rows: it does not matter how they are cut into spans. The caller holds the locks."""
    rows = await worked_out(connection, tutors, now=now, zone=zone)
    right = {start for start in _each_start(rows) if start[9] >= now}
    kept = {start for start in await spans.starts(connection, tutors, now) if start[9] >= now}
    return right ^ kept


def _each_start(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """The starts of spans one by one, in the shape that the store gives them."""
    for row in rows:
        first, last = (dt.datetime.fromisoformat(row[edge]) for edge in ("first_start", "last_start"))
        free_from = None if row["free_from"] == ALWAYS else dt.datetime.fromisoformat(row["free_from"])
        step = dt.timedelta(minutes=row["step_minutes"])
        for number, topic in enumerate(row["topics"]):
            at = first
            while at <= last:
                yield (
                    uuid.UUID(row["tutor_id"]),
                    uuid.UUID(row["offering_id"]),
                    uuid.UUID(row["service_point_id"]) if row["service_point_id"] else None,
                    row["municipality"],
                    row["channel"],
                    topic,
                    row["duration_minutes"],
                    number == 0,
                    row["plain"],
                    at,
                    free_from,
                    row["seats_left"],
                    row["notice_minutes"],
                    row["before_minutes"],
                    row["after_minutes"],
                    row["region"],
                    tuple(row["languages"]),
                    tuple(row["features"]),
                )
                at += step

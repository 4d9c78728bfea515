"""What a slot means, against a minute-by-minute reading of the definition.

The oracle asks each minute of a few days each rule by itself, with no interval algebra. No example was ever edited to
make it pass; a failure prints what it takes to see it again.
"""

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.booking.domain.drives import Place, drive_minutes
from services.booking.domain.free import free_runs
from services.booking.domain.grid import aligned, each
from services.booking.domain.shared_resources import EquipmentClaim, SharedResources, at_least
from services.booking.domain.slot_rules import SlotRule
from services.booking.domain.tutor_week import TutorClaim, TutorWeek
from services.booking.domain.wall_time import (
    ExtraOpening,
    Recurrence,
    WeeklyHours,
    instant,
    local_date,
)
from shared.intervals import Interval

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
HELSINKI = "Europe/Helsinki"
ZONES = [HELSINKI, "Europe/Stockholm", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
SPRING, AUTUMN, CALM = dt.date(2027, 3, 28), dt.date(2027, 10, 31), dt.date(2027, 6, 8)
LIBRARY, OFFERING, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
KUUSAMO, OULU = (65.96, 29.19), (65.01, 25.47)
# `make soak` asks for many more.
EXAMPLES = int(os.environ.get("VUORO_EXAMPLES", "1000"))


@dataclass(frozen=True)
class Case:
    tutor: TutorWeek
    rule: SlotRule
    place: Place
    date: dt.date
    now: dt.datetime
    shared: SharedResources


Seen = dict[tuple[int, dt.datetime], bool]


def is_open(case: Case, tutor: TutorWeek, at: dt.datetime, seen: Seen) -> bool:
    """SlotRule 2, for one minute; `seen` remembers what was asked before."""
    key = (id(tutor), at)
    if key not in seen:
        seen[key] = any(_opens(case, tutor, at)) and not _is_shut(case, tutor, at)
    return seen[key]


def _opens(case: Case, tutor: TutorWeek, at: dt.datetime) -> Iterator[bool]:
    for hours in tutor.hours:
        if _fits(case, hours):
            local = at.astimezone(ZoneInfo(hours.zone)).date()
            for date in (local - DAY, local, local + DAY):
                since = (date - hours.recurrence.first).days
                if since >= 0 and since % (7 * hours.recurrence.every) == 0:
                    start = instant(date, hours.opens, hours.zone)
                    end = instant(date if hours.closes > hours.opens else date + DAY, hours.closes, hours.zone)
                    last = hours.recurrence.last
                    yield start <= at < end and (last is None or date <= last)
    for extra in tutor.extra:
        yield _fits(case, extra) and extra.interval.start <= at < extra.interval.end


def _fits(case: Case, opening: WeeklyHours | ExtraOpening) -> bool:
    return (
        opening.service_point_id == case.place.service_point_id
        and case.place.channel in opening.channels
        and (opening.offerings is None or case.rule.offering_id in opening.offerings)
    )


def _is_shut(case: Case, tutor: TutorWeek, at: dt.datetime) -> bool:
    local = at.astimezone(ZoneInfo(tutor.zone)).date()
    if any(start <= at < end for start, end in tutor.absences) or local in tutor.holidays:
        return True
    for opens, closes in case.rule.breaks:
        for date in (local - DAY, local, local + DAY):
            end = instant(date if closes > opens else date + DAY, closes, tutor.zone)
            if instant(date, opens, tutor.zone) <= at < end:
                return True
    point = case.place.service_point_id
    if point is None:
        return False
    if any(start <= at < end for start, end in tutor.closings.get(point, ())):
        return True
    known = tutor.staffed.get(point, {})
    wall = at.astimezone(ZoneInfo(tutor.staffed_zone)).date()
    if wall not in known:
        return False
    return not any(
        instant(wall, opens, tutor.staffed_zone)
        <= at
        < instant(wall + DAY if closes == dt.time(0) else wall, closes, tutor.staffed_zone)
        for opens, closes in known[wall]
    )


def is_free(case: Case, tutor: TutorWeek, s: dt.datetime, at: dt.datetime, seen: Seen, *, alone: bool = False) -> bool:
    """Rules 1 to 5 for the start `s`, seen at `at`."""
    rule = case.rule
    local = s.astimezone(ZoneInfo(case.tutor.zone))
    if (local.hour * 60 + local.minute) % rule.grid:
        return False
    if not all(is_open(case, tutor, s + MINUTE * n, seen) for n in range(rule.duration)):
        return False
    if not alone and (local.date() - local_date(case.now, tutor.zone)).days > rule.horizon_days:
        return False
    live = [claim for claim in tutor.claims if claim.expires is None or claim.expires > at]
    joins = any(_is_joined(case, claim, live, tutor, s, at) for claim in live) if not alone else False
    if joins:
        return True
    if not _clear(case, [(claim.busy, claim.place) for claim in live], s) or not _clear(
        case, [(busy, None) for busy in tutor.external_busy], s
    ):
        return False
    dates = [local_date(claim.start, tutor.zone) for claim in live]
    mine = local_date(s, tutor.zone)
    if rule.most_per_day is not None and dates.count(mine) >= rule.most_per_day:
        return False
    week = [date.isocalendar()[:2] for date in dates]
    if rule.most_per_week is not None and week.count(mine.isocalendar()[:2]) >= rule.most_per_week:
        return False
    return alone or _has_company(case, s, at, seen)


def _has_company(case: Case, s: dt.datetime, at: dt.datetime, seen: Seen) -> bool:
    for kind in case.rule.needs:
        pieces = case.shared.equipment.get(kind, ())
        if not any(
            _clear(case, [(hold.busy, None) for hold in piece if hold.expires is None or hold.expires > at], s)
            for piece in pieces
        ):
            return False
    helping = sum(is_free(case, colleague, s, at, seen, alone=True) for colleague in case.shared.colleagues)
    return helping >= case.rule.tutors - 1


def _clear(case: Case, busy: Sequence[tuple[Interval, Place | None]], s: dt.datetime) -> bool:
    rule = case.rule
    for (start, end), place in busy:
        drive = dt.timedelta(0)
        if place and "home" in (place.channel, case.place.channel) and place.location and case.place.location:
            drive = MINUTE * drive_minutes(place.location, case.place.location)
        if s - MINUTE * rule.before < end + drive and start - drive < s + MINUTE * (rule.duration + rule.after):
            return False
    return True


def _is_joined(
    case: Case, claim: TutorClaim, live: list[TutorClaim], tutor: TutorWeek, s: dt.datetime, at: dt.datetime
) -> bool:
    taken = [seat for seat in claim.seats if seat is None or seat > at]
    others = [(other.busy, other.place) for other in live if other.visit_id != claim.visit_id]
    return (
        case.rule.capacity > 1
        and claim.leads
        and claim.start == s
        and claim.rule == (case.rule.offering_id, case.rule.duration)
        and claim.place == case.place
        and len(taken) < case.rule.capacity
        and _clear(case, others, s)
        and _clear(case, [(busy, None) for busy in tutor.external_busy], s)
    )


def oracle(case: Case) -> dict[dt.datetime, dt.datetime | None]:
    """Every start of the date that is free or falls free by itself, with the instant from which it is."""
    expiries = {seat for claim in case.tutor.claims for seat in claim.seats if seat}
    expiries |= {claim.expires for claim in case.tutor.claims if claim.expires}
    expiries |= {claim.expires for colleague in case.shared.colleagues for claim in colleague.claims if claim.expires}
    expiries |= {hold.expires for kind in case.shared.equipment.values() for p in kind for hold in p if hold.expires}
    found: dict[dt.datetime, dt.datetime | None] = {}
    seen: Seen = {}
    s, end = instant(case.date, dt.time(0), case.tutor.zone), instant(case.date + DAY, dt.time(0), case.tutor.zone)
    while s < end:
        for at in [case.now, *sorted(at for at in expiries if at > case.now)]:
            if is_free(case, case.tutor, s, at, seen):
                found[s] = at if at > case.now else None
                break
        s += MINUTE
    return found


def minutes(draw: st.DrawFn, date: dt.date, zone: str) -> dt.datetime:
    return instant(date, dt.time(0), zone) + MINUTE * draw(st.integers(-6 * 60, 30 * 60))


def intervals(draw: st.DrawFn, date: dt.date, zone: str, most: int, longest: int) -> tuple[Interval, ...]:
    starts = [minutes(draw, date, zone) for _ in range(draw(st.integers(0, most)))]
    return tuple(Interval(start, start + MINUTE * draw(st.integers(1, longest))) for start in starts)


wall_times = st.builds(dt.time, st.integers(0, 23), st.sampled_from([0, 0, 15, 30, 50]))
long_hours = st.sampled_from(
    [(dt.time(8), dt.time(16)), (dt.time(1, 30), dt.time(12)), (dt.time(0), dt.time(23)), (dt.time(22), dt.time(6))]
)
wall_hours = long_hours | st.tuples(wall_times, wall_times).filter(lambda pair: pair[0] != pair[1])


@st.composite
def claims_of(draw: st.DrawFn, date: dt.date, zone: str, now: dt.datetime, rule: SlotRule, place: Place) -> TutorClaim:
    start = minutes(draw, date, zone)
    if draw(st.booleans()):  # on the grid, so that sessions can be joined
        start = next(iter(each(aligned([Interval(start, start + DAY)], rule.grid, zone))))[0]
    same = draw(st.booleans())
    duration = rule.duration if same else draw(st.integers(5, 90))
    soon = st.integers(-10, 30).map(lambda n: now + MINUTE * n)
    seats = draw(st.lists(st.one_of(st.none(), soon, soon), min_size=1, max_size=2))
    external_busy = draw(st.sampled_from([Place("phone"), Place("home", None, "564", OULU), Place("on_site", LIBRARY)]))
    return TutorClaim(
        visit_id=draw(st.uuids()),
        start=start,
        busy=Interval(
            start - MINUTE * draw(st.integers(0, 15)), start + MINUTE * (duration + draw(st.integers(0, 15)))
        ),
        rule=(OFFERING, duration) if same else (OTHER, duration),
        place=place if same else external_busy,
        expires=None if None in seats else max(seat for seat in seats if seat),
        seats=tuple(seats),
        leads=draw(st.booleans()) or same,
    )


def disjoint(claims: list[TutorClaim]) -> tuple[TutorClaim, ...]:
    """As the exclusion constraint leaves them."""
    kept: list[TutorClaim] = []
    for claim in sorted(claims, key=lambda each: each.busy):
        if not kept or kept[-1].busy.end <= claim.busy.start:
            kept.append(claim)
    return tuple(kept)


@st.composite
def tutor_times(draw: st.DrawFn, date: dt.date, zone: str, now: dt.datetime, rule: SlotRule, place: Place) -> TutorWeek:
    channels = frozenset(draw(st.sampled_from([{place.channel}] * 5 + [{place.channel, "video"}, {"video"}])))
    only = st.sampled_from([None] * 4 + [frozenset({OFFERING}), frozenset({OTHER})])
    hours = [
        WeeklyHours(
            *draw(long_hours),
            zone=draw(st.sampled_from([zone, zone, HELSINKI])),
            recurrence=Recurrence(
                date - DAY * draw(st.sampled_from([0, 0, 0, 1, 6, 7, 14, 21])),
                draw(st.sampled_from([1, 1, 1, 2, 3])),
                draw(st.sampled_from([None, None, date, date - DAY])),
            ),
            service_point_id=place.service_point_id,
            channels=channels,
            offerings=draw(only),
        )
        for _ in range(draw(st.integers(1, 4)))
    ]
    extra = [
        ExtraOpening(interval, place.service_point_id, channels, draw(only))
        for interval in intervals(draw, date, zone, 2, 300)
    ]
    known = {
        date + DAY * n: draw(st.lists(wall_hours.map(sorted).map(tuple), min_size=1, max_size=2))
        for n in draw(st.sets(st.integers(-1, 1)))
    }
    return TutorWeek(
        zone=zone,
        hours=tuple(hours),
        extra=tuple(extra),
        absences=intervals(draw, date, zone, 1, 120),
        holidays=frozenset({date} if draw(st.integers(0, 15)) == 0 else ()),
        external_busy=intervals(draw, date, zone, 1, 120),
        claims=disjoint(draw(st.lists(claims_of(date, zone, now, rule, place), max_size=4))),
        closings={LIBRARY: intervals(draw, date, zone, 1, 90)},
        staffed={LIBRARY: known} if draw(st.integers(0, 3)) == 0 else {},  # type: ignore[dict-item]
        staffed_zone=HELSINKI,
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    zone = draw(st.sampled_from([HELSINKI, *ZONES]))
    date = draw(st.sampled_from([SPRING, AUTUMN, CALM, dt.date(2027, 4, 4), dt.date(2027, 12, 31)]))
    now = instant(date, dt.time(0), zone) - MINUTE * draw(st.integers(0, 600))
    place = draw(
        st.sampled_from([Place("on_site", LIBRARY, None, KUUSAMO), Place("phone"), Place("home", None, "305", KUUSAMO)])
    )
    rule = SlotRule(
        offering_id=OFFERING,
        duration=draw(st.sampled_from([5, 15, 20, 30, 45, 60, 75, 90])),
        before=draw(st.integers(0, 20)),
        after=draw(st.integers(0, 20)),
        grid=draw(st.sampled_from([5, 10, 15, 20, 30, 45, 60, 90])),
        horizon_days=draw(st.sampled_from([0, 1, 30, 30])),
        most_per_day=draw(st.sampled_from([None, None, 1, 2, 3])),
        most_per_week=draw(st.sampled_from([None, None, 2, 3])),
        breaks=draw(st.sampled_from([(), (), ((dt.time(11), dt.time(11, 30)),), ((dt.time(23, 30), dt.time(1)),)])),
        capacity=draw(st.sampled_from([1, 1, 2, 4])),
        tutors=draw(st.sampled_from([1, 1, 2, 2, 3])),
        needs=frozenset(draw(st.sampled_from([(), (), ("quiet-room",), ("quiet-room", "tablet")]))),
    )
    some = st.lists(tutor_times(date, zone, now, rule, place), min_size=1, max_size=2)
    colleagues = draw(some) if rule.tutors > 1 else []
    expiries = st.none() | st.integers(-10, 30).map(lambda n: now + MINUTE * n)
    equipment = {
        kind: [
            [EquipmentClaim(busy, draw(expiries)) for busy in intervals(draw, date, zone, 2, 200)]
            for _ in range(draw(st.sampled_from([0, 1, 1, 2, 2])))
        ]
        for kind in rule.needs
    }
    tutor = draw(tutor_times(date, zone, now, rule, place))
    # The same hours are shared by colleagues often enough for company to be had.
    colleagues = [
        replace(colleague, hours=tutor.hours) if draw(st.integers(0, 3)) else colleague for colleague in colleagues
    ]
    return Case(tutor, rule, place, date, now, SharedResources(tuple(colleagues), equipment))


@settings(max_examples=EXAMPLES)
@given(cases())
def test_free_starts_are_exactly_those_of_the_definition(case: Case) -> None:
    runs = free_runs(case.tutor, case.rule, case.place, case.date, case.date, case.now, case.shared)
    assert dict(each(runs)) == oracle(case)


@given(st.lists(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 10)), max_size=4), max_size=4), st.integers(1, 4))
def test_at_least_so_many(lists: list[list[tuple[int, int]]], count: int) -> None:
    zero = dt.datetime(2027, 3, 1, tzinfo=dt.UTC)
    apart = [
        [Interval(zero + MINUTE * s, zero + MINUTE * (s + n)) for s, n in sorted(dict(one).items())] for one in lists
    ]
    for one in apart:
        one[:] = [here for n, here in enumerate(one) if n == 0 or one[n - 1].end <= here.start]
        one[:] = [here for here in one if all(a.end <= b.start for a, b in pairwise(one))]
    found = at_least(count, apart)
    for n in range(60):
        at = zero + MINUTE * n
        covered = sum(any(start <= at < end for start, end in one) for one in apart)
        assert any(start <= at < end for start, end in found) == (covered >= count)


def test_a_drive_takes_longer_over_a_longer_road_and_never_no_time() -> None:
    assert drive_minutes(KUUSAMO, KUUSAMO) == 10
    assert 240 <= drive_minutes(KUUSAMO, OULU) <= 270  # 215 km on the road
    assert drive_minutes(KUUSAMO, OULU) == drive_minutes(OULU, KUUSAMO)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("date", [SPRING, AUTUMN])
def test_the_grid_counts_from_local_midnight_across_the_change_of_the_clocks(date: dt.date, zone: str) -> None:
    day = Interval(instant(date, dt.time(0), zone), instant(date + DAY, dt.time(0), zone))
    starts = [at for at, _free_from in each(aligned([day], 45, zone))]
    assert len(starts) >= 30
    for at in starts:
        local = at.astimezone(ZoneInfo(zone))
        assert (local.hour * 60 + local.minute) % 45 == 0

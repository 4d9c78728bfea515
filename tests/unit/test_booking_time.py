"""Starts that can be booked, against a minute-by-minute reading of what a slot means."""

import datetime as dt
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.booking.domain.time import Rule, Starts, Week, WeeklyHours, instant, starts
from shared.intervals import Interval

HELSINKI = "Europe/Helsinki"
MINUTE = dt.timedelta(minutes=1)
LIBRARY = UUID(int=1)
SPRING, AUTUMN = dt.date(2027, 3, 28), dt.date(2027, 10, 31)
CALM = dt.date(2027, 6, 8)


def each(runs: list[Starts]) -> list[dt.datetime]:
    """The starts one by one."""
    return [
        run.first + MINUTE * step
        for run in runs
        for step in range(0, int((run.last - run.first) / MINUTE) + 1, run.step)
    ]


def oracle(open_time: list[Interval], busy: list[Interval], rule: Rule, zone: str) -> list[dt.datetime]:
    """Every minute, asked the definition."""
    found = []
    for start, end in open_time:
        at = start
        while at + MINUTE * rule.duration <= end:
            local = at.astimezone(ZoneInfo(zone))
            low, high = at - MINUTE * rule.before, at + MINUTE * (rule.duration + rule.after)
            clear = all(high <= other.start or other.end <= low for other in busy)
            if (local.hour * 60 + local.minute) % rule.grid == 0 and clear:
                found.append(at)
            at += MINUTE
    return found


@st.composite
def days_with_bookings(draw: st.DrawFn) -> tuple[list[Interval], list[Interval], Rule, str]:
    zone = draw(st.sampled_from([HELSINKI, "Europe/Stockholm", "America/St_Johns", "Australia/Lord_Howe", "UTC"]))
    day = draw(st.sampled_from([SPRING, AUTUMN, CALM, dt.date(2027, 4, 4)]))
    midnight = instant(day, dt.time(0), zone) - dt.timedelta(hours=3)
    edges = sorted(draw(st.sets(st.integers(0, 30 * 60), min_size=2, max_size=6)))
    pairs = list(zip(edges[::2], edges[1::2], strict=False))
    open_time = [Interval(midnight + MINUTE * low, midnight + MINUTE * high) for low, high in pairs]
    claims = draw(st.lists(st.tuples(st.integers(0, 30 * 60), st.integers(1, 90)), max_size=5))
    busy = [Interval(midnight + MINUTE * low, midnight + MINUTE * (low + length)) for low, length in claims]
    rule = Rule(
        duration=draw(st.integers(5, 90)),
        before=draw(st.integers(0, 20)),
        after=draw(st.integers(0, 20)),
        grid=draw(st.sampled_from([5, 10, 15, 20, 30, 45, 60, 90])),
        horizon_days=400,
    )
    return open_time, busy, rule, zone


@settings(max_examples=1000)
@given(days_with_bookings())
def test_starts_are_exactly_those_of_the_definition(
    given_day: tuple[list[Interval], list[Interval], Rule, str],
) -> None:
    open_time, busy, rule, zone = given_day
    assert each(starts(open_time, busy, rule, zone)) == oracle(open_time, busy, rule, zone)


def week(**parts: Any) -> Week:
    values: dict[str, Any] = {"hours": (), "absences": (), "busy": (), "staffed": {}, "zone": HELSINKI, **parts}
    return Week(**values)


def sundays(opens: str, closes: str) -> WeeklyHours:
    return WeeklyHours(7, dt.time.fromisoformat(opens), dt.time.fromisoformat(closes), HELSINKI, LIBRARY, ("on_site",))


def local(found: list[dt.datetime]) -> list[str]:
    return [f"{at.astimezone(ZoneInfo(HELSINKI)):%H:%M%z}" for at in found]


RULE = Rule(duration=60, before=0, after=0, grid=60, horizon_days=400)


@pytest.mark.parametrize(("date", "offset"), [(dt.date(2027, 3, 21), "+0200"), (SPRING, "+0300"), (AUTUMN, "+0200")])
def test_hours_follow_the_wall_clock_when_it_changes(date: dt.date, offset: str) -> None:
    """calcom/cal.com#10517, betagouv/rdv-service-public#4158: slots an hour off after the change."""
    found = week(hours=(sundays("10:00", "12:00"),)).starts(RULE, "on_site", LIBRARY, date, date, date)
    assert local(each(found)) == [f"10:00{offset}", f"11:00{offset}"]


def test_the_hour_that_does_not_exist_carries_nothing() -> None:
    found = week(hours=(sundays("01:00", "06:00"),)).starts(RULE, "on_site", LIBRARY, SPRING, SPRING, SPRING)
    assert local(each(found)) == ["01:00+0200", "02:00+0200", "04:00+0300", "05:00+0300"]


def test_the_hour_that_exists_twice_carries_twice() -> None:
    found = week(hours=(sundays("02:00", "05:00"),)).starts(RULE, "on_site", LIBRARY, AUTUMN, AUTUMN, AUTUMN)
    assert local(each(found)) == ["02:00+0300", "03:00+0300", "03:00+0200", "04:00+0200"]


def test_hours_past_midnight_belong_to_the_day_on_which_they_start() -> None:
    monday = dt.date(2027, 6, 14)
    found = week(hours=(sundays("22:00", "01:00"),)).starts(RULE, "on_site", LIBRARY, monday, monday, monday)
    assert local(each(found)) == ["00:00+0300"]


def test_only_staffed_time_carries_help_where_it_is_known() -> None:
    sunday = dt.date(2027, 6, 13)
    staffed = {LIBRARY: {sunday: [(dt.time(11), dt.time(12))], dt.date(2027, 6, 20): []}}
    found = week(hours=(sundays("10:00", "14:00"),), staffed=staffed)
    days = [found.starts(RULE, "on_site", LIBRARY, day, day, day) for day in (sunday, dt.date(2027, 6, 20))]
    assert [local(each(day)) for day in days] == [["11:00+0300"], []]
    unknown = dt.date(2027, 6, 27)
    assert len(each(found.starts(RULE, "on_site", LIBRARY, unknown, unknown, unknown))) == 4


def test_nothing_is_offered_while_away_or_beyond_the_horizon() -> None:
    sunday = dt.date(2027, 6, 13)
    away = Interval(instant(sunday, dt.time(10, 30), HELSINKI), instant(sunday, dt.time(12), HELSINKI))
    found = week(hours=(sundays("10:00", "14:00"),), absences=(away,))
    assert local(each(found.starts(RULE, "on_site", LIBRARY, sunday, sunday, sunday))) == ["12:00+0300", "13:00+0300"]
    near = Rule(duration=60, before=0, after=0, grid=60, horizon_days=3)
    assert found.starts(near, "on_site", LIBRARY, sunday, sunday, sunday - dt.timedelta(days=4)) == []

"""Weekly hours as recurrences, on the wall clock and across its changes."""

import datetime as dt
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.domain.drives import Place
from services.booking.domain.free import free_runs
from services.booking.domain.grid import each
from services.booking.domain.slot_rules import SlotRule
from services.booking.domain.tutor_week import TutorWeek
from services.booking.domain.wall_time import (
    WEEKDAYS,
    Recurrence,
    WeeklyHours,
    days,
    instant,
    staffed_bound,
    wall_interval,
    whole_days,
)
from shared.intervals import Interval

HELSINKI = "Europe/Helsinki"
LIBRARY, OFFERING = UUID(int=1), UUID(int=2)
SPRING, AUTUMN = dt.date(2027, 3, 28), dt.date(2027, 10, 31)
RULE = SlotRule(OFFERING, duration=60, grid=60, horizon_days=400)
PLACE = Place("on_site", LIBRARY)


def sundays(opens: str, closes: str) -> WeeklyHours:
    return WeeklyHours(
        dt.time.fromisoformat(opens),
        dt.time.fromisoformat(closes),
        HELSINKI,
        Recurrence(dt.date(2027, 1, 3)),
        LIBRARY,
        frozenset({"on_site"}),
    )


def starts(date: dt.date, *hours: WeeklyHours, rule: SlotRule = RULE, **more: Any) -> list[str]:
    tutor = TutorWeek(HELSINKI, hours=hours, staffed_zone=HELSINKI, **more)
    now = instant(date, dt.time(0), HELSINKI)
    found = [at for at, _free_from in each(free_runs(tutor, rule, PLACE, date, date, now))]
    return [f"{at.astimezone(ZoneInfo(HELSINKI)):%H:%M%z}" for at in found]


@pytest.mark.parametrize(("date", "offset"), [(dt.date(2027, 3, 21), "+0200"), (SPRING, "+0300"), (AUTUMN, "+0200")])
def test_hours_follow_the_wall_clock_when_it_changes(date: dt.date, offset: str) -> None:
    """calcom/cal.com#10517, betagouv/rdv-service-public#4158: slots an hour off after the change."""
    assert starts(date, sundays("10:00", "12:00")) == [f"10:00{offset}", f"11:00{offset}"]


def test_the_hour_that_does_not_exist_carries_nothing() -> None:
    assert starts(SPRING, sundays("01:00", "06:00")) == ["01:00+0200", "02:00+0200", "04:00+0300", "05:00+0300"]


def test_the_hour_that_exists_twice_carries_twice() -> None:
    assert starts(AUTUMN, sundays("02:00", "05:00")) == ["02:00+0300", "03:00+0300", "03:00+0200", "04:00+0200"]


def test_a_time_that_does_not_exist_is_read_with_the_offset_before_the_gap() -> None:
    """RFC 5545 section 3.3.5; and of a time that exists twice, the first is meant."""
    assert instant(SPRING, dt.time(3, 30), HELSINKI) == dt.datetime(2027, 3, 28, 1, 30, tzinfo=dt.UTC)
    assert instant(AUTUMN, dt.time(3, 30), HELSINKI) == dt.datetime(2027, 10, 31, 0, 30, tzinfo=dt.UTC)


def test_hours_past_midnight_belong_to_the_day_on_which_they_start() -> None:
    assert starts(dt.date(2027, 6, 14), sundays("22:00", "01:00")) == ["00:00+0300"]


def test_only_staffed_time_carries_help_where_it_is_known() -> None:
    sunday = dt.date(2027, 6, 13)
    staffed = {LIBRARY: {sunday: [(dt.time(11), dt.time(12))], dt.date(2027, 6, 20): []}}
    assert starts(sunday, sundays("10:00", "14:00"), staffed=staffed) == ["11:00+0300"]
    assert starts(dt.date(2027, 6, 20), sundays("10:00", "14:00"), staffed=staffed) == []
    assert len(starts(dt.date(2027, 6, 27), sundays("10:00", "14:00"), staffed=staffed)) == 4


def test_touching_openings_join() -> None:
    assert starts(dt.date(2027, 6, 13), sundays("10:00", "10:30"), sundays("10:30", "11:00")) == ["10:00+0300"]


recurrences = st.builds(
    Recurrence.weekly,
    st.integers(1, 7),
    st.integers(1, 5),
    st.dates(dt.date(2026, 1, 1), dt.date(2028, 1, 1)),
    st.none() | st.dates(dt.date(2028, 1, 1), dt.date(2029, 1, 1)),
)


@given(recurrences, st.sampled_from([HELSINKI, "America/St_Johns"]))
def test_a_recurrence_is_read_back_from_its_rule(recurrence: Recurrence, zone: str) -> None:
    """Also where an older version wrote the rule alone."""
    rule = recurrence.rule(zone)
    assert Recurrence.parse(recurrence.first, rule, recurrence.last, "Asia/Tokyo") == recurrence
    assert Recurrence.parse(recurrence.first, rule, None, zone) == recurrence


@given(recurrences, st.dates(dt.date(2025, 6, 1), dt.date(2029, 6, 1)), st.integers(0, 60))
def test_the_dates_of_a_recurrence_are_every_nth_week(recurrence: Recurrence, first: dt.date, days: int) -> None:
    last = first + dt.timedelta(days=days)
    found = set(recurrence.dates(first, last))
    for n in range(days + 1):
        date = first + dt.timedelta(days=n)
        since = (date - recurrence.first).days
        lasts = recurrence.last is None or date <= recurrence.last
        assert (date in found) == (lasts and since >= 0 and since % (7 * recurrence.every) == 0)


@pytest.mark.parametrize(
    "rule", ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;COUNT=3", "FREQ=WEEKLY;INTERVAL=0;BYDAY=SU"]
)
def test_any_other_rule_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="="):
        Recurrence.parse(dt.date(2027, 1, 3), rule, None, HELSINKI)
    assert WEEKDAYS[dt.date(2027, 1, 3).weekday()] == "SU"


@pytest.mark.parametrize(
    ("weekday", "valid_from", "first"),
    [
        (1, dt.date(2027, 3, 1), dt.date(2027, 3, 1)),
        (2, dt.date(2027, 3, 1), dt.date(2027, 3, 2)),
        (7, dt.date(2027, 3, 1), dt.date(2027, 3, 7)),
        (1, dt.date(2027, 3, 2), dt.date(2027, 3, 8)),
    ],
)
def test_weekly_hours_begin_on_the_first_such_weekday(weekday: int, valid_from: dt.date, first: dt.date) -> None:
    assert Recurrence.weekly(weekday, 2, valid_from, None) == Recurrence(first, 2)


def test_weekly_hours_are_given_on_their_last_day_and_not_on_the_next() -> None:
    """UNTIL is the last second of the local day: RFC 5545 counts it in."""
    last = Recurrence.weekly(7, 1, dt.date(2027, 3, 1), SPRING)
    assert last.rule(HELSINKI) == "FREQ=WEEKLY;BYDAY=SU;UNTIL=20270328T205959Z"
    hours = WeeklyHours(dt.time(23), dt.time(1), HELSINKI, last, LIBRARY, frozenset({"on_site"}))
    begun = [each.start for each in hours.between(dt.date(2027, 3, 20), dt.date(2027, 4, 10))]
    assert begun == [instant(date, dt.time(23), HELSINKI) for date in (dt.date(2027, 3, 21), SPRING)]


def test_hours_that_close_when_they_open_last_until_the_next_day() -> None:
    found = wall_interval(SPRING, dt.time(9), dt.time(9), HELSINKI)
    assert found.end - found.start == dt.timedelta(hours=24)
    assert wall_interval(SPRING, dt.time(0), dt.time(0), HELSINKI).end - instant(
        SPRING, dt.time(0), HELSINKI
    ) == dt.timedelta(hours=23)


def test_days_have_both_ends() -> None:
    assert list(days(SPRING, SPRING)) == [SPRING]
    assert list(days(SPRING, SPRING - dt.timedelta(days=1))) == []


def test_help_is_bound_by_staffed_hours_where_they_are_known() -> None:
    monday, tuesday = dt.date(2027, 3, 1), dt.date(2027, 3, 2)
    known = {date: [(dt.time(9), dt.time(12))] for date in days(dt.date(2027, 2, 27), dt.date(2027, 3, 4))}
    known[tuesday] = [(dt.time(20), dt.time(0))]
    found = staffed_bound(known, monday, tuesday, HELSINKI)
    assert wall_interval(monday, dt.time(9), dt.time(12), HELSINKI) in found
    assert wall_interval(tuesday, dt.time(20), dt.time(0), HELSINKI) in found  # midnight is the end of the day
    assert not any(each.start < instant(monday, dt.time(9), HELSINKI) < each.end for each in found)
    # The days before and after count: hours of theirs may reach over midnight.
    assert found[0] == wall_interval(dt.date(2027, 2, 28), dt.time(9), dt.time(12), HELSINKI)
    assert found[-1] == wall_interval(dt.date(2027, 3, 3), dt.time(9), dt.time(12), HELSINKI)


def test_beyond_the_end_of_the_list_the_tutors_own_word_counts() -> None:
    monday, tuesday = dt.date(2027, 3, 1), dt.date(2027, 3, 2)
    known = {monday: [(dt.time(9), dt.time(12))], monday - dt.timedelta(days=1): []}
    found = staffed_bound(known, monday, monday, HELSINKI)
    assert found == [wall_interval(monday, dt.time(9), dt.time(12), HELSINKI), whole_days(tuesday, tuesday, HELSINKI)]
    assert all(isinstance(each, Interval) for each in found)

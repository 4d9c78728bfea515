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
from services.booking.domain.wall_time import WEEKDAYS, Recurrence, WeeklyHours, instant

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
    tutor = TutorWeek(HELSINKI, hours=hours, **more)
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
    st.sampled_from([HELSINKI, "America/St_Johns"]),
)


@given(recurrences)
def test_a_recurrence_is_read_back_from_its_rule(recurrence: Recurrence) -> None:
    assert Recurrence.parse(recurrence.first, recurrence.rule) == recurrence


@given(recurrences, st.dates(dt.date(2025, 6, 1), dt.date(2029, 6, 1)), st.integers(0, 60))
def test_the_dates_of_a_recurrence_are_every_nth_week(recurrence: Recurrence, first: dt.date, days: int) -> None:
    last = first + dt.timedelta(days=days)
    found = set(recurrence.dates(first, last))
    for n in range(days + 1):
        date = first + dt.timedelta(days=n)
        since = (date - recurrence.first).days
        assert (date in found) == (since >= 0 and since % (7 * recurrence.every) == 0)


@pytest.mark.parametrize(
    "rule", ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;COUNT=3", "FREQ=WEEKLY;INTERVAL=0;BYDAY=SU"]
)
def test_any_other_rule_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="="):
        Recurrence.parse(dt.date(2027, 1, 3), rule)
    assert WEEKDAYS[dt.date(2027, 1, 3).weekday()] == "SU"

"""What people read of a service point's opening hours."""

import datetime as dt
import uuid
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from services.web.opening import Span, coming_days, short_week
from shared.schemas.booking import Closing
from shared.schemas.providers import OpeningDay, WeeklyHours

ZONE = "Europe/Helsinki"
MONDAY = dt.date(2027, 3, 1)


def at(hour: int, minute: int = 0) -> dt.time:
    return dt.time(hour, minute)


def weekly(weekday: int, opens: int, closes: int, kind: str = "staffed") -> WeeklyHours:
    said = {"weekday": weekday, "from": f"{opens:02}:00", "to": f"{closes % 24:02}:00", "kind": kind}
    return WeeklyHours.model_validate(said)


def dated(date: dt.date, *spans: tuple[int, int]) -> OpeningDay:
    hours = [{"from": f"{opens:02}:00", "to": f"{closes % 24:02}:00"} for opens, closes in spans]
    return OpeningDay.model_validate({"date": date, "hours": hours})


def closing(first: dt.datetime, last: dt.datetime) -> Closing:
    zone = ZoneInfo(ZONE)
    said = {"from": first.replace(tzinfo=zone), "until": last.replace(tzinfo=zone)}
    return Closing.model_validate({"id": uuid.UUID(int=1), "service_point_id": uuid.UUID(int=2), **said})


WEEK = [weekly(day, 10, 16) for day in range(1, 6)]


def spans(*hours: tuple[int, int]) -> list[Span]:
    return [Span(at(opens), at(closes % 24)) for opens, closes in hours]


def test_an_ordinary_week_holds_until_something_else_is_said_of_a_day() -> None:
    days = coming_days(WEEK, [dated(MONDAY, (12, 18)), dated(MONDAY + dt.timedelta(1))], [], MONDAY, ZONE)
    assert [day.date for day in days] == [MONDAY + dt.timedelta(ahead) for ahead in range(7)]
    monday, tuesday, wednesday, *_rest, sunday = [day.staffed for day in days]
    assert (monday, tuesday, wednesday, sunday) == (spans((12, 18)), [], spans((10, 16)), [])


def test_a_closing_counts_before_all_hours() -> None:
    noon = dt.datetime.combine(MONDAY, at(12))
    shut = [closing(noon, noon.replace(hour=14)), closing(noon.replace(day=2, hour=0), noon.replace(day=4, hour=0))]
    monday, tuesday, wednesday, thursday, *_rest = coming_days(WEEK, [], shut, MONDAY, ZONE)
    assert monday.staffed == spans((10, 12), (14, 16))
    assert [tuesday.staffed, wednesday.staffed, thursday.staffed] == [[], [], spans((10, 16))]


def test_hours_without_staff_are_told_apart() -> None:
    week = [weekly(1, 7, 10, "self_service"), weekly(1, 10, 16)]
    day = coming_days(week, [], [], MONDAY, ZONE)[0]
    assert (day.staffed, day.unstaffed) == (spans((10, 16)), spans((7, 10)))


def test_of_a_day_of_which_nothing_is_known_nothing_is_said() -> None:
    assert coming_days([], [], [], MONDAY, ZONE) == []
    [only] = coming_days([], [dated(MONDAY, (9, 24))], [], MONDAY, ZONE)
    assert only.staffed == spans((9, 24))


def test_the_clock_of_the_wall_is_told_when_clocks_change() -> None:
    sunday = dt.date(2027, 3, 28)
    [day, *_rest] = coming_days([], [dated(sunday, (0, 24))], [], sunday, ZONE)
    assert day.staffed == spans((0, 24))


def test_days_with_the_same_hours_are_told_together() -> None:
    saturday = [weekly(6, 10, 14), weekly(6, 15, 18), weekly(7, 8, 20, "self_service")]
    [weekdays, last] = short_week([*WEEK, *saturday])
    assert (weekdays.first, weekdays.last, weekdays.staffed) == (1, 5, spans((10, 16)))
    assert (last.first, last.last, last.staffed) == (6, 6, spans((10, 14), (15, 18)))
    assert short_week([]) == []


HOURS = st.builds(
    lambda day, opens, length: weekly(day, opens, opens + length),
    st.integers(1, 7),
    st.integers(0, 22),
    st.integers(1, 2),
)


@given(st.lists(HOURS, max_size=20))
def test_a_short_week_tells_each_day_once_and_in_order(week: list[WeeklyHours]) -> None:
    told = short_week(week)
    days = [day for run in told for day in range(run.first, run.last + 1)]
    assert days == sorted({hours.weekday for hours in week})
    assert all(one.last + 1 < other.first or one.staffed != other.staffed for one, other in pairwise(told))

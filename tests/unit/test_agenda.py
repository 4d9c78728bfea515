"""The starts of an agenda are spread over the hours and the places of half a day."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.domain.agenda import halves, spread

DAY = dt.datetime(2027, 3, 8, tzinfo=dt.UTC)


@dataclass(frozen=True)
class At:
    start: dt.datetime
    service_point_id: UUID


def at(hour: int, minute: int = 0, place: int = 1) -> At:
    return At(DAY + dt.timedelta(hours=hour, minutes=minute), UUID(int=place))


def test_not_six_starts_of_one_morning_hour() -> None:
    starts = [at(hour, minute) for hour in (8, 9, 10, 11) for minute in (0, 15, 30, 45)]
    assert spread(starts, 4) == [at(8), at(9), at(10), at(11)]
    assert spread(starts, 6) == [at(8), at(8, 15), at(9), at(9, 15), at(10), at(11)]


def test_not_one_place_of_three() -> None:
    starts = [at(hour, place=place) for hour in (8, 9, 10) for place in (1, 2, 3)]
    assert {each.service_point_id.int for each in spread(starts, 3)} == {1, 2, 3}


def test_around_a_point_each_hour_is_of_the_nearest_place_that_has_it() -> None:
    starts = [at(8, place=2), at(8, 15, place=1), at(9, place=2), at(10, place=1), at(10, place=2)]
    found = spread(starts, 3, {UUID(int=1): 2.5, UUID(int=2): 14.0})
    assert found == [at(8, 15, place=1), at(9, place=2), at(10, place=1)]


STARTS = st.lists(
    st.builds(at, st.integers(8, 15), st.sampled_from([0, 15, 30, 45]), st.integers(1, 4)), unique=True, max_size=60
)


@given(STARTS, st.integers(1, 12))
def test_as_many_as_there_is_room_for_each_of_them_once_and_in_order(starts: list[At], most: int) -> None:
    chosen = spread(starts, most)
    assert len(chosen) == min(len(starts), most)
    assert set(chosen) <= set(starts)
    assert len(set(chosen)) == len(chosen)
    assert [each.start for each in chosen] == sorted(each.start for each in chosen)


@given(STARTS, st.integers(1, 12))
def test_no_hour_has_a_second_before_each_has_one(starts: list[At], most: int) -> None:
    hours = {each.start.hour for each in starts}
    shown = Counter(each.start.hour for each in spread(starts, most))
    assert max(shown.values(), default=1) == 1 or set(shown) == hours


@pytest.mark.parametrize(("date", "hours"), [("2027-03-28", 23), ("2027-10-31", 25), ("2027-03-08", 24)])
def test_the_halves_of_a_day_meet_at_noon_on_the_wall(date: str, hours: int) -> None:
    morning, afternoon = halves(dt.date.fromisoformat(date), "Europe/Helsinki")
    assert morning.end == afternoon.start
    assert afternoon.end - morning.start == dt.timedelta(hours=hours)
    assert afternoon.end - afternoon.start == dt.timedelta(hours=12)

"""The algebra, against sets of minutes."""

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from shared.intervals import Interval, difference, intersection, union

ZERO = dt.datetime(2027, 3, 28, tzinfo=dt.UTC)


def interval(low: int, high: int) -> Interval:
    return Interval(ZERO + dt.timedelta(minutes=low), ZERO + dt.timedelta(minutes=high))


intervals = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda pair: interval(pair[0], pair[0] + pair[1])), max_size=8
)


def minutes(given_intervals: list[Interval]) -> set[int]:
    return {
        minute
        for start, end in given_intervals
        for minute in range(int((start - ZERO).total_seconds() // 60), int((end - ZERO).total_seconds() // 60))
    }


def is_canonical(found: list[Interval]) -> bool:
    return all(start < end for start, end in found) and all(
        left.end < right.start for left, right in itertools.pairwise(found)
    )


@given(intervals)
def test_a_union_holds_what_any_holds_and_joins_what_touches(some: list[Interval]) -> None:
    assert minutes(union(some)) == minutes(some)
    assert is_canonical(union(some))


@given(intervals, intervals)
def test_an_intersection_holds_what_both_hold(left: list[Interval], right: list[Interval]) -> None:
    assert minutes(intersection(union(left), union(right))) == minutes(left) & minutes(right)


@given(intervals, intervals)
def test_a_difference_holds_what_only_the_first_holds(left: list[Interval], right: list[Interval]) -> None:
    found = difference(union(left), union(right))
    assert minutes(found) == minutes(left) - minutes(right)
    assert is_canonical(found)

"""Until when somebody who waits may answer."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.domain.waitlist import Prospect, answer_by, is_worth_waiting

HELSINKI = "Europe/Helsinki"


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """A time in March 2027 on Helsinki's wall, in winter time."""
    return dt.datetime(2027, 3, day, 0, minute, tzinfo=dt.UTC) + dt.timedelta(hours=hour - 2)


@pytest.mark.parametrize(
    ("now", "start", "until"),
    [
        (at(1, 10), at(8, 10), at(1, 12)),
        (at(1, 6, 30), at(8, 10), at(1, 10)),
        (at(1, 19), at(8, 10), at(2, 9)),
        (at(1, 23), at(8, 10), at(2, 10)),
        (at(1, 10), at(1, 12), at(1, 11)),
        (at(1, 10), at(1, 10, 20), None),
        (at(1, 18), at(8, 10), at(1, 20)),  # it ends with the evening, and not in the morning
        (at(1, 18, 1), at(8, 10), at(2, 8, 1)),
        (at(1, 10), at(1, 10, 30), at(1, 10, 15)),  # just long enough
        (at(1, 10), at(1, 10, 29), None),
    ],
)
def test_two_hours_of_the_day_or_half_of_what_is_left(
    now: dt.datetime, start: dt.datetime, until: dt.datetime | None
) -> None:
    assert answer_by(now, start, HELSINKI) == until


@pytest.mark.parametrize(
    ("tutor", "worth"),
    [
        (Prospect(is_own=False, has_hours_there=True, has_hours=True), True),  # a guest at another's place
        (Prospect(is_own=True, has_hours_there=False, has_hours=False), True),  # who has not said yet when they help
        (
            Prospect(is_own=True, has_hours_there=False, has_hours=True),
            False,
        ),  # who helps at the next village's library
        (Prospect(is_own=False, has_hours_there=False, has_hours=False), False),
    ],
)
def test_waiting_is_worth_it_where_somebody_helps_now_or_later(tutor: Prospect, worth: bool) -> None:
    assert is_worth_waiting([tutor]) is worth
    assert not is_worth_waiting([])


PROSPECTS = st.lists(st.builds(Prospect, is_own=st.booleans(), has_hours_there=st.booleans(), has_hours=st.booleans()))


@given(some=PROSPECTS, others=PROSPECTS)
def test_more_tutors_never_make_waiting_worth_less(some: list[Prospect], others: list[Prospect]) -> None:
    assert is_worth_waiting([*some, *others]) is (is_worth_waiting(some) or is_worth_waiting(others))

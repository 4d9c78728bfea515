"""Until when somebody who waits may answer."""

import datetime as dt

import pytest

from services.booking.domain.waitlist import answer_by

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

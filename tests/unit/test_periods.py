"""Which dates a period covers."""

import datetime as dt

import pytest

from services.providers.domain.periods import Period

FIRST, LAST = dt.date(2027, 3, 1), dt.date(2027, 3, 31)
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("period", "covered", "outside"),
    [
        (Period(), [FIRST, LAST], []),
        (Period(FIRST), [FIRST, LAST + DAY], [FIRST - DAY]),
        (Period(None, LAST), [FIRST - DAY, LAST], [LAST + DAY]),
        (Period(FIRST, LAST), [FIRST, LAST], [FIRST - DAY, LAST + DAY]),
    ],
)
def test_both_ends_belong_to_it(period: Period, covered: list[dt.date], outside: list[dt.date]) -> None:
    assert all(period.covers(date) for date in covered)
    assert not any(period.covers(date) for date in outside)

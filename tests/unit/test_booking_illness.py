"""On which days others may say that a tutor has fallen ill."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.domain.illness import may_be_ill_on

ZONE = "Europe/Helsinki"
TODAY = dt.date(2027, 3, 28)  # summer time begins


@pytest.mark.parametrize("clock", [dt.time(0), dt.time(23, 59)])
@given(days=st.integers(-400, 400))
def test_today_and_the_following_six_whatever_the_clock_says(clock: dt.time, days: int) -> None:
    now = dt.datetime.combine(TODAY, clock, ZoneInfo(ZONE)).astimezone(dt.UTC)
    assert may_be_ill_on(TODAY + dt.timedelta(days=days), now, ZONE) == (0 <= days <= 6)

"""Which instants stand on the grid of the local day."""

import datetime as dt

import pytest

from services.booking.domain.grid import aligned, each, on_grid
from services.booking.domain.wall_time import instant
from shared.intervals import Interval

HELSINKI, KATHMANDU = "Europe/Helsinki", "Asia/Kathmandu"
DAY = dt.date(2027, 3, 1)
AUTUMN = dt.date(2027, 10, 31)  # an hour comes twice


@pytest.mark.parametrize(
    ("time", "grid", "zone", "stands"),
    [
        (dt.time(9, 0), 60, HELSINKI, True),
        (dt.time(9, 30), 60, HELSINKI, False),
        (dt.time(9, 40), 20, HELSINKI, True),
        (dt.time(0, 0), 45, HELSINKI, True),
        (dt.time(0, 45), 45, HELSINKI, True),
        (dt.time(1, 0), 45, HELSINKI, False),
        (dt.time(9, 0), 60, KATHMANDU, True),  # 03:15 in UTC
    ],
)
def test_the_grid_is_counted_from_local_midnight(time: dt.time, grid: int, zone: str, stands: bool) -> None:
    assert on_grid(instant(DAY, time, zone), grid, zone) == stands


def test_the_starts_of_a_window_stand_on_the_grid_on_both_sides_of_the_clocks_change() -> None:
    window = Interval(instant(AUTUMN, dt.time(1, 10), HELSINKI), instant(AUTUMN, dt.time(6), HELSINKI))
    runs = aligned([window], 45, HELSINKI)
    starts = [at for at, _free_from in each(runs)]
    assert starts
    assert all(on_grid(at, 45, HELSINKI) and window.start <= at < window.end for at in starts)
    assert len(runs) == 2  # one for each offset

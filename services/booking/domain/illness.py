"""On which days others may say that a tutor has fallen ill."""

import datetime as dt

from services.booking.domain.wall_time import DAY, local_date

AHEAD = 7 * DAY  # whoever is ill for longer says so themself, or their manager does


def may_be_ill_on(date: dt.date, now: dt.datetime, zone: str) -> bool:
    """Whether a local date is today or one of the following six."""
    return dt.timedelta(0) <= date - local_date(now, zone) < AHEAD

"""Non-disclosure for personal safety (turvakielto, Act 661/2009 section 36): what of a citizen is kept from whom, and
when. What is not said here is as for everybody."""

import datetime as dt

from services.booking.domain.wall_time import local_date


def shows_address(starts: dt.datetime, now: dt.datetime, zone: str, *, non_disclosure: bool) -> bool:
    """Whether the tutor of a visit at home sees the address: of somebody whose details may not be disclosed, on the
    local day of the visit only."""
    return not non_disclosure or local_date(starts, zone) == local_date(now, zone)

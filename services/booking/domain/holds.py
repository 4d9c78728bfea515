"""How much longer a time may be held for somebody who is about to book it; at first, as long as `HoldInput` asks."""

import datetime as dt

EXTENSION = dt.timedelta(minutes=10)
LONGEST_HOLD = dt.timedelta(hours=1)


def extended(expires: dt.datetime, created_at: dt.datetime, now: dt.datetime) -> dt.datetime | None:
    """Return until when a hold may be kept that is extended now: `EXTENSION` more, `LONGEST_HOLD` from the beginning at
    most; None when that is no longer than it is kept already."""
    until = min(now + EXTENSION, created_at + LONGEST_HOLD)
    return until if until > expires else None


def is_held(state: str, expires: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether a time is still held."""
    return state == "held" and expires is not None and expires > now

"""Whether a message is still worth sending, and when to try again."""

import datetime as dt
from dataclasses import dataclass

from services.notify.domain.kinds import Kind

# The first tries are close together, since most outages are short; the last delay is repeated.
RETRIES = tuple(dt.timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 900, 3600))
# The state in which the subject of a message must still be when it is sent; for other kinds, "booked".
WANTED_STATE: dict[Kind, str] = {
    "cancelled": "cancelled",
    "displaced": "displaced",
    "offered": "held",
    "verification": "held",
}


def why_drop(
    kind: Kind,
    *,
    state: str,
    not_after: dt.datetime,
    start: dt.datetime,
    now: dt.datetime,
) -> str | None:
    """Return why a message about an appointment that starts at `start` now is no longer worth sending; None when it
    is."""
    if now >= min(start, not_after) and kind != "cancelled":
        return "too late"
    if state != WANTED_STATE.get(kind, "booked"):
        return f"the appointment is {state}"
    if kind == "reminder" and not_after != start:
        # A move plans reminders of its own, so that this one would be a second, at the wrong hour. It is known by the
        # start that it was planned for, and not by its own hour: another version may remind earlier or later.
        return "the appointment was moved"
    return None


@dataclass(frozen=True)
class TryAgain:
    """Try once more, then."""

    at: dt.datetime


@dataclass(frozen=True)
class GiveUp:
    """There is no use in trying again."""

    reason: str


def after_failure(attempts: int, *, permanent: bool, now: dt.datetime, not_after: dt.datetime) -> TryAgain | GiveUp:
    """Return what to do when the `attempts`-th try has failed: try again, with growing delays, while the message is
    of use; else give up."""
    if permanent:
        return GiveUp("refused for good")
    at = now + RETRIES[min(max(attempts, 1), len(RETRIES)) - 1]
    return TryAgain(at) if at < not_after else GiveUp("too late")

"""What an offering asks of a start, and the starts that a busy time makes impossible."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from services.booking.domain.wall_time import MINUTE
from shared.intervals import Interval


@dataclass(frozen=True)
class SlotRule:
    """What an offering asks of a start, for one of its durations. Minutes of real time."""

    offering_id: UUID
    duration: int
    before: int = 0
    after: int = 0
    grid: int = 15
    horizon_days: int = 56
    most_per_day: int | None = None
    most_per_week: int | None = None
    breaks: tuple[tuple[dt.time, dt.time], ...] = ()
    capacity: int = 1
    tutors: int = 1
    needs: frozenset[str] = frozenset()

    @property
    def is_shared(self) -> bool:
        """Whether its free starts depend on other tutors' time, or on rooms and devices."""
        return self.tutors > 1 or bool(self.needs)


def blocked_starts(busy: Interval, rule: SlotRule, drive: dt.timedelta = dt.timedelta(0)) -> Interval:
    """Return the starts that a busy time makes impossible."""
    after, before = MINUTE * (rule.duration + rule.after), MINUTE * rule.before
    return Interval(busy.start - drive - after + MINUTE, busy.end + drive + before)

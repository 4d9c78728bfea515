"""The dates between which a tutor helps, both included; None leaves an end open."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Period:
    """From a first to a last date."""

    first: dt.date | None = None
    last: dt.date | None = None

    def covers(self, date: dt.date) -> bool:
        """Return whether a date lies in the period."""
        return (self.first is None or self.first <= date) and (self.last is None or date <= self.last)

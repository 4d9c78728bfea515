"""Dates, times and durations as iCalendar writes them (RFC 5545 section 3.3)."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from icalendar import vDuration

from services.booking.calendars.lines import Property
from services.booking.calendars.zones import Zones
from services.booking.domain.wall_time import midnight

AT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?", re.IGNORECASE)
# Some programs write the first and the last instant that they can say, for "ever". What is further away than these is
# taken to be there, so that all sums of dates and lengths can be said, too.
FIRST_DATE, LAST_DATE, LONGEST = dt.date(1600, 1, 1), dt.date(2400, 1, 1), dt.timedelta(days=200_000)


@dataclass
class Values:
    """Reads values of a file whose owner lives in `zone`; notes which zones were not known, and the owner's taken."""

    zone: str
    zones: Zones
    unknown_zones: set[str] = field(default_factory=set)

    def at(self, written: Property) -> dt.date:
        """Return a date, or an aware time: a floating one is on the owner's wall. Raises ValueError."""
        return self.moment(written.value.strip(), str(written.parameters.get("TZID", "")))

    def moment(self, text: str, zone_name: str = "") -> dt.date:
        """The same of a bare value."""
        found = AT.fullmatch(text)
        if found is None:
            raise ValueError("neither a date nor a time")
        date = max(FIRST_DATE, min(dt.date(int(found[1]), int(found[2]), int(found[3])), LAST_DATE))
        if found[4] is None:
            return date
        second = min(int(found[6]), 59)  # 60 is a leap second
        wall = dt.datetime.combine(date, dt.time(int(found[4]), int(found[5]), second))
        return wall.replace(tzinfo=dt.UTC if found[7] else self._zone(zone_name))

    def _zone(self, name: str) -> dt.tzinfo:
        found = self.zones.find(name) if name else None
        if name and found is None:
            self.unknown_zones.add(name)
        return found or ZoneInfo(self.zone)

    def moments(self, written: Property) -> Iterator[tuple[dt.date, dt.timedelta | None] | None]:
        """Yield the dates, times or periods of a list, of a period its length, too; None for each that is none."""
        zone_name = str(written.parameters.get("TZID", ""))
        for text in written.value.split(","):
            start, _, end = text.strip().partition("/")
            try:
                begins = self.moment(start, zone_name)
                yield begins, self._length(begins, end, zone_name) if end else None
            except ValueError:
                yield None

    def _length(self, begins: dt.date, end: str, zone_name: str) -> dt.timedelta:
        """Return the length of a period. Raises ValueError for one that ends before it begins."""
        if end.lstrip("+-").upper().startswith("P"):
            length = duration(end)
        else:
            length = self.instant(self.moment(end, zone_name)) - self.instant(begins)
        if length < dt.timedelta(0):
            raise ValueError("it ends before it begins")
        return length

    def instant(self, value: dt.date) -> dt.datetime:
        """Return when a time is in UTC, or a date begins on the owner's wall."""
        return instant_of(value, self.zone)


def instant_of(value: dt.date, zone: str) -> dt.datetime:
    """Return the instant of a date (its midnight), of a floating time (on the wall of `zone`) or of an instant."""
    if not isinstance(value, dt.datetime):
        return midnight(value, zone)
    return (value if value.tzinfo else value.replace(tzinfo=ZoneInfo(zone))).astimezone(dt.UTC)


def duration(text: str) -> dt.timedelta:
    """Return a length of time. Raises ValueError."""
    try:
        found: dt.timedelta = vDuration.from_ical(text.strip().upper())  # type: ignore[no-untyped-call]
    except OverflowError:
        raise ValueError("longer than anything") from None
    return min(found, LONGEST)

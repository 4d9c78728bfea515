"""Kirkanta's schedules. Of their times only status 1 is staffed; 2 is self-service and 0 closed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

from services.providers.domain.clock_times import END_OF_DAY, closing_time, opening_time, runs_over_midnight
from services.providers.domain.columns import LeftOut, UnreadableField
from services.providers.domain.day_hours import DayPart, HoursRow, day_hours
from services.providers.sources.documents import Document, as_document, objects_at

KINDS: Mapping[object, str] = {0: "closed", 1: "staffed", 2: "self_service"}
DAY = dt.timedelta(days=1)


class Schedules:
    """The days of a library as they are read, and what of them cannot be."""

    def __init__(self, record: str) -> None:
        self._record = record
        self._rows: dict[dt.date, list[HoursRow]] = defaultdict(list)
        self._mornings: list[HoursRow] = []
        self._closed: set[dt.date] = set()
        self.left_out: list[LeftOut] = []

    def add(self, day: Document) -> None:
        """Read a day; a part of it that cannot be read is left out alone."""
        date = dt.date.fromisoformat(str(day["date"]))
        if not 2000 <= date.year <= 2200:
            raise ValueError("a year that nobody means")
        parts = objects_at(day, "times")
        if day.get("closed"):
            self._closed.add(date)
            if parts:
                self._leave_out(date, "has hours and is closed: it is taken to be closed")
        elif not parts:
            self._leave_out(date, "is said to be open, without hours")
        else:
            for part in parts:
                self._add_part(date, part)

    def _add_part(self, date: dt.date, part: Document) -> None:
        try:
            self._rows[date] += self._until_midnight(_hours_row(self._record, date, part))
        except UnreadableField as problem:
            self._leave_out(date, f"has a part whose {problem.field} {problem.reason}")

    def _until_midnight(self, row: HoursRow) -> list[HoursRow]:
        """Return a part as far as it is of its own date; what is of the next morning is kept apart."""
        assert row.opens is not None
        assert row.closes is not None
        try:
            if not runs_over_midnight(row.opens, row.closes):
                return [row]
        except ValueError:
            raise UnreadableField("to", "is not after 'from'") from None
        self._mornings.append(HoursRow(row.source_id, row.date + DAY, row.status, dt.time(0), row.closes))
        return [HoursRow(row.source_id, row.date, row.status, row.opens, END_OF_DAY)]

    def days(self) -> dict[dt.date, list[DayPart]]:
        """Return the hours of the dates of which something could be read."""
        open_dates = {date for date, rows in self._rows.items() if rows} - self._closed
        for morning in self._mornings:
            # A date of which nothing else is said must not be known by its first hours alone.
            if morning.date in open_dates:
                self._rows[morning.date].append(morning)
            else:
                self._leave_out(morning.date - DAY, "runs over midnight: what is after it is left out")
        known = {date: day_hours(self._rows[date]) for date in open_dates}
        return known | {date: [] for date in self._closed}

    def _leave_out(self, date: dt.date, reason: str) -> None:
        self.left_out.append(LeftOut(f"schedules of {date}", reason))


def read_schedules(record: str, schedules: object) -> tuple[dict[dt.date, list[DayPart]], list[LeftOut]]:
    """Return the hours by date, and what cannot be read of them. A date of which nothing can be read is not known."""
    found = Schedules(record)
    for day in schedules if isinstance(schedules, list) else []:
        try:
            found.add(as_document(day))
        except (KeyError, TypeError, ValueError):
            found.left_out.append(LeftOut("schedules", "has a day that cannot be read"))
    return found.days(), found.left_out


def _hours_row(record: str, date: dt.date, part: Document) -> HoursRow:
    kind = KINDS.get(part.get("status"))
    if kind is None:
        raise UnreadableField("status", "is neither 0, 1 nor 2")
    return HoursRow(record, date, kind, _time(part, "from"), _time(part, "to"))


def _time(part: Document, name: str) -> dt.time:
    read = opening_time if name == "from" else closing_time
    try:
        return read(str(part.get(name)))
    except ValueError:
        raise UnreadableField(name, "is not a time of day") from None

"""Calendars as three programs read them: ours, npm's ical.js and PyPI's recurring-ical-events. Where they differ, the
difference is listed here with its reason."""

import datetime as dt
import json
import os
import random
import re
import subprocess
from collections.abc import Iterable

import pytest
import recurring_ical_events
from icalendar import Calendar

from services.booking.calendars.busy import busy_times
from services.booking.calendars.values import instant_of
from services.booking.domain.wall_time import whole_days
from shared.intervals import Interval, difference, intersection, union
from tests.contract.javascript import TOOLS, require
from tests.unit.calendar_texts import HELSINKI, calendar, event

WITHIN = whole_days(dt.date(2027, 3, 1), dt.date(2027, 4, 30), HELSINKI)  # with the night when the clocks change
CALENDARS = 300
SKIPPING = (dt.date(2027, 3, 14), dt.date(2027, 3, 28))
SKIPPED = [whole_days(date, date, HELSINKI) for date in SKIPPING]
FIRST = dt.datetime(2027, 1, 4)  # noqa: DTZ001  # on whatever wall
ZONES = """BEGIN:VTIMEZONE
TZID:Europe/Helsinki
BEGIN:STANDARD
DTSTART:20261025T040000
TZOFFSETFROM:+0300
TZOFFSETTO:+0200
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20270328T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0300
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VTIMEZONE
TZID:America/New_York
BEGIN:STANDARD
DTSTART:20261101T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20270314T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
END:DAYLIGHT
END:VTIMEZONE
"""
FREQUENCIES = [
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;INTERVAL=2",
    "FREQ=WEEKLY;BYDAY={day}",
    "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY={day},TU",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;BYMONTHDAY={date}",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=MONTHLY;BYDAY={day};BYSETPOS=2",
    "FREQ=MONTHLY;BYDAY=-1{day}",
    "FREQ=YEARLY",
]
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Writer:
    """Writes random calendars."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def calendar(self) -> bytes:
        events = [part for number in range(self.chance.randint(1, 4)) for part in self._events(number)]
        return calendar(ZONES, *events)

    def _events(self, number: int) -> list[str]:
        start = FIRST + dt.timedelta(days=self.chance.randrange(90), hours=self.chance.randrange(24))
        if start.date() in SKIPPING:
            start += dt.timedelta(days=1)  # a length that is none on that night would be the whole series'
        zone = self.chance.choice(["Europe/Helsinki", "America/New_York", "UTC", "day"])
        lines = [f"UID:{number}", self._at("DTSTART", start, zone), self._length(start, zone)]
        if self.chance.random() < 0.2:
            lines.append("TRANSP:TRANSPARENT")
        if self.chance.random() < 0.3:
            return [event("\n".join(lines))]
        return self._series(lines, start, zone)

    def _series(self, lines: list[str], start: dt.datetime, zone: str) -> list[str]:
        rule = self.chance.choice(FREQUENCIES).format(day=DAYS[start.weekday()], date=start.day)
        lines.append(f"RRULE:{rule}{self._end(start, zone)}")
        step = dt.timedelta(days=7 if "WEEKLY" in rule else 1)
        if rule in ("FREQ=DAILY", "FREQ=WEEKLY") and self.chance.random() < 0.5:
            lines.append(self._at("EXDATE", start + self.chance.randrange(1, 9) * step, zone))
            changed = start + self.chance.randrange(10, 14) * step
            return [event("\n".join(lines)), self._change(lines[0], changed, zone)]
        return [event("\n".join(lines))]

    def _change(self, uid: str, changed: dt.datetime, zone: str) -> str:
        moved = changed + dt.timedelta(hours=self.chance.choice([0, 24, 48]))
        lines = [uid, self._at("RECURRENCE-ID", changed, zone), self._at("DTSTART", moved, zone)]
        cancelled = ["STATUS:CANCELLED"] if self.chance.random() < 0.5 else []
        return event("\n".join([*lines, self._length(moved, zone), *cancelled]))

    def _end(self, start: dt.datetime, zone: str) -> str:
        until = start + dt.timedelta(days=self.chance.randrange(10, 60))
        written = f"{until:%Y%m%d}" if zone == "day" else f"{until:%Y%m%dT%H%M%S}Z"
        return self.chance.choice(["", f";COUNT={self.chance.randrange(15, 40)}", f";UNTIL={written}"])

    def _length(self, start: dt.datetime, zone: str) -> str:
        if zone == "day":
            return self._at("DTEND", start + dt.timedelta(days=self.chance.randint(1, 3)), zone)
        hours = self.chance.randint(1, 5)
        return self.chance.choice(
            [self._at("DTEND", start + dt.timedelta(hours=hours), zone), f"DURATION:PT{hours}H30M"]
        )

    def _at(self, name: str, at: dt.datetime, zone: str) -> str:
        if zone == "day":
            return f"{name};VALUE=DATE:{at:%Y%m%d}"
        return f"{name}:{at:%Y%m%dT%H%M%S}Z" if zone == "UTC" else f"{name};TZID={zone}:{at:%Y%m%dT%H%M%S}"


def by_ical_js(texts: list[bytes], within: Interval = WITHIN) -> list[list[Interval]]:
    if not (TOOLS / "node_modules" / "ical.js").exists():
        require("ical.js")
    start, end = map(str, within)
    asked = json.dumps({"calendars": [text.decode() for text in texts], "start": start, "end": end}).encode()
    zone = {**os.environ, "TZ": HELSINKI}
    done = subprocess.run(["node", "busy.js"], cwd=TOOLS, input=asked, capture_output=True, check=True, env=zone)
    return [
        _joined((Interval(*map(dt.datetime.fromisoformat, each)) for each in read), within)
        for read in json.loads(done.stdout)
    ]


def by_recurring_ical_events(text: bytes) -> list[Interval]:
    found = recurring_ical_events.of(Calendar.from_ical(text)).between(*WITHIN)
    counted = [each for each in found if each.get("TRANSP") != "TRANSPARENT" and each.get("STATUS") != "CANCELLED"]
    return _joined(Interval(instant_of(each.start, HELSINKI), instant_of(each.end, HELSINKI)) for each in counted)


def _joined(intervals: Iterable[Interval], within: Interval = WITHIN) -> list[Interval]:
    return intersection(union(intervals), [within])


def differing(text: bytes, theirs: list[Interval]) -> tuple[list[Interval], list[Interval]]:
    """What is busy for us alone, and for them alone, but for the nights when clocks skip an hour.

    A time in that hour is read by the offset before it, as RFC 5545 section 3.3.5 says: 03:30 is an hour after 02:30.
    ical.js takes the offset after it, and recurring-ical-events lets an occasion that begins there end an hour early.
    """
    ours = busy_times(text, WITHIN, HELSINKI)
    assert ours.doubts == {}
    return difference(difference(ours.times, theirs), SKIPPED), difference(difference(theirs, ours.times), SKIPPED)


def firsts(text: bytes) -> list[Interval]:
    """The first time of every series."""
    return busy_times(re.sub(rb"RRULE:.*?\r\n", b"", text), WITHIN, HELSINKI).times


@pytest.fixture(scope="module")
def texts() -> list[bytes]:
    seed = int(os.environ.get("VUORO_SEED", "7"))
    print(f"VUORO_SEED={seed}")
    return [Writer(seed * 10_000 + number).calendar() for number in range(CALENDARS)]


def test_our_reading_is_that_of_recurring_ical_events(texts: list[bytes]) -> None:
    for text in texts:
        assert differing(text, by_recurring_ical_events(text)) == ([], []), text.decode()


def test_our_reading_is_that_of_ical_js(texts: list[bytes]) -> None:
    """But for a series whose first time is none of its rule's: RFC 5545 section 3.8.5.3 leaves that open. It takes its
    time for us, and not for ical.js."""
    for text, theirs in zip(texts, by_ical_js(texts), strict=True):
        ours_alone, theirs_alone = differing(text, theirs)
        assert (difference(ours_alone, firsts(text)), theirs_alone) == ([], []), text.decode()

"""A zone as a VTIMEZONE (RFC 5545 section 3.6.5): when its clocks change, for programs that know no zones by name.

icalendar writes such parts, too, but (7.3.0) it has the clocks go forward an hour late, and says nothing of the years
from 2038 on; so these are our own.
"""

import calendar as months
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Calendar, Timezone, TimezoneDaylight, TimezoneStandard

from services.booking.domain.wall_time import WEEKDAYS

# So many years are looked at: a rule that holds in all of them is taken to hold for ever, and without one these are
# the years of which anything is said.
YEARS = 25
SECOND = dt.timedelta(seconds=1)
STEP = dt.timedelta(days=7)  # within which no zone changes its clocks twice


class Clock(NamedTuple):
    """How a zone's clocks stand."""

    offset: dt.timedelta
    name: str
    is_summer: bool


@dataclass(frozen=True)
class Change:
    """The clocks go from one standing to another; `at` is what they show just before."""

    at: dt.datetime
    before: Clock
    after: Clock


def add_zones(calendar: Calendar, first: dt.date) -> None:
    """Put a VTIMEZONE for each zone that a calendar names before all else; `first` is not after anything in it."""
    for position, zone in enumerate(sorted(calendar.get_used_tzids())):
        calendar.subcomponents.insert(position, vtimezone(zone, first))


def vtimezone(zone: str, first: dt.date) -> Timezone:
    """Return what a zone's clocks do from the year of `first` on."""
    written = Timezone()
    written.add("TZID", zone)
    for onsets in _observances(zone, first.year - 1):
        written.add_component(_observance(onsets))
    return written


@lru_cache(maxsize=64)
def _observances(zone: str, year: int) -> list[list[Change]]:
    """Return the changes from the beginning of a year on, those with the same effect together; before them how the
    clocks stand then."""
    begin = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
    found = list(_changes(ZoneInfo(zone), begin, begin.replace(year=year + YEARS)))
    alike = groupby(sorted(found, key=_effect), key=_effect)
    together = sorted(([*changes] for _effect_, changes in alike), key=lambda changes: changes[0].at)
    at_first = _clock(begin, ZoneInfo(zone))
    return [[Change((begin + at_first.offset).replace(tzinfo=None), at_first, at_first)], *together]


def _effect(change: Change) -> tuple[Clock, Clock]:
    return change.before, change.after


def _changes(zone: ZoneInfo, begin: dt.datetime, end: dt.datetime) -> Iterator[Change]:
    at = begin
    while at < end:
        if _clock(at, zone) != _clock(at + STEP, zone):
            moment = _moment_of_change(zone, at, at + STEP)
            before, after = _clock(moment - SECOND, zone), _clock(moment, zone)
            yield Change((moment + before.offset).replace(tzinfo=None), before, after)
        at += STEP


def _moment_of_change(zone: ZoneInfo, before: dt.datetime, after: dt.datetime) -> dt.datetime:
    """Return the first second of the clocks' new standing, which comes after `before` and not after `after`."""
    while after - before > SECOND:
        middle = before + (after - before) // 2 // SECOND * SECOND
        before, after = (before, middle) if _clock(middle, zone) != _clock(before, zone) else (middle, after)
    return after


def _clock(at: dt.datetime, zone: ZoneInfo) -> Clock:
    local = at.astimezone(zone)
    return Clock(local.utcoffset() or dt.timedelta(0), local.tzname() or "", bool(local.dst()))


def _observance(onsets: Sequence[Change]) -> TimezoneStandard | TimezoneDaylight:
    """Return one STANDARD or DAYLIGHT: from when on, and again each year by a rule, or else on those dates."""
    first = onsets[0]
    written = TimezoneDaylight() if first.after.is_summer else TimezoneStandard()
    written.add("DTSTART", first.at)
    written.add("TZOFFSETFROM", first.before.offset)
    written.add("TZOFFSETTO", first.after.offset)
    written.add("TZNAME", first.after.name)
    if day := _yearly_day([onset.at for onset in onsets]):
        written.add("RRULE", {"FREQ": "YEARLY", "BYMONTH": first.at.month, "BYDAY": day})
    elif len(onsets) > 1:
        written.add("RDATE", [onset.at for onset in onsets[1:]])
    return written


def _yearly_day(onsets: Sequence[dt.datetime]) -> str | None:
    """Return which weekday of its month all of `onsets` are, as BYDAY has it: the last (-1SU) or the n-th (2SU), at the
    same time of the day, in each year that is looked at; None when they follow no such rule."""
    same = {(onset.month, onset.weekday(), onset.time()) for onset in onsets}
    if len(onsets) < YEARS or len(same) > 1:
        return None
    weekday = WEEKDAYS[onsets[0].weekday()]
    if all(onset.day + 7 > months.monthrange(onset.year, onset.month)[1] for onset in onsets):
        return f"-1{weekday}"
    [nth, *others] = {(onset.day + 6) // 7 for onset in onsets}
    return None if others else f"{nth}{weekday}"

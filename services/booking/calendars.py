"""Calendars in and out: what a tutor's own says (RFC 5545), and weekly hours as VAVAILABILITY (RFC 7953)."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Availability, Available, Calendar, vRecur

from services.booking.domain.time import DAY, WEEKDAYS, Recurrence, midnight
from shared.intervals import Interval, intersection, union

FREE = {"TRANSPARENT"}
NOT_THERE = {"CANCELLED"}
SUB_DAILY = re.compile(rb"FREQ=(SECONDLY|MINUTELY|HOURLY)", re.IGNORECASE)


class Unreadable(Exception):
    """This is not a calendar that can be read; the text says why, without a word of its contents."""


def busy_times(text: bytes, within: Interval, zone: str) -> list[Interval]:
    """When the owner of a calendar is busy. Repeating, moved and cancelled instances are read as RFC 5545 says; a whole
    day is from midnight to midnight in `zone`; what is marked as free or cancelled does not count. Raises `Unreadable`.
    """
    if SUB_DAILY.search(text):
        raise Unreadable("something that repeats more often than daily")
    try:
        calendar = Calendar.from_ical(text)
        found = recurring_ical_events.of(calendar, components=["VEVENT"], skip_bad_series=True).between(
            within.start, within.end
        )
        events = [_interval(event, zone) for event in found if _counts(event)]
        events += _free_busy(calendar, zone)
    except Exception as error:  # whatever somebody else's program has written
        raise Unreadable(type(error).__name__) from None
    return intersection(union(outwards(interval) for interval in events), [within])


def _counts(event: Any) -> bool:
    return str(event.get("TRANSP", "OPAQUE")).upper() not in FREE and (
        str(event.get("STATUS", "CONFIRMED")).upper() not in NOT_THERE
    )


def _interval(event: Any, zone: str) -> Interval:
    return Interval(_at(event.start, zone), _at(event.end, zone))


def _at(value: dt.date, zone: str) -> dt.datetime:
    """A date from its midnight, a floating time on the wall of `zone`, an instant as it is."""
    if not isinstance(value, dt.datetime):
        return midnight(value, zone)
    return (value if value.tzinfo else value.replace(tzinfo=ZoneInfo(zone))).astimezone(dt.UTC)


def _free_busy(calendar: Any, zone: str) -> list[Interval]:
    found = []
    for component in calendar.walk("VFREEBUSY"):
        lines = component.get("FREEBUSY", [])
        for line in lines if isinstance(lines, list) else [lines]:
            if str(line.params.get("FBTYPE", "BUSY")).upper() != "FREE":
                start, end = line.dt
                begins = _at(start, zone)
                found.append(Interval(begins, begins + end if isinstance(end, dt.timedelta) else _at(end, zone)))
    return found


def outwards(interval: Interval) -> Interval:
    """Widened to whole minutes."""
    start = interval.start.replace(second=0, microsecond=0)
    end = interval.end.replace(second=0, microsecond=0)
    return Interval(start, end if end == interval.end else end + dt.timedelta(minutes=1))


@dataclass(frozen=True)
class Weekly:
    """Weekly hours as a calendar tells them."""

    uid: str
    opens: dt.time
    closes: dt.time
    zone: str
    recurrence: Recurrence
    where: str | None = None


def to_vavailability(tutor: str, hours: Sequence[Weekly], now: dt.datetime) -> bytes:
    """A tutor's weekly hours as VAVAILABILITY: busy, but for what is AVAILABLE."""
    calendar = Calendar()
    calendar.add("PRODID", "-//Vuoro//digituki//FI")
    calendar.add("VERSION", "2.0")
    whole = Availability()
    whole.add("UID", f"{tutor}@vuoro")
    whole.add("DTSTAMP", now)
    for each in hours:
        start = dt.datetime.combine(each.recurrence.first, each.opens, ZoneInfo(each.zone))
        last = each.recurrence.first if each.closes > each.opens else each.recurrence.first + DAY
        part = Available()
        part.add("UID", f"{each.uid}@vuoro")
        part.add("DTSTAMP", now)
        part.add("DTSTART", start)
        part.add("DTEND", dt.datetime.combine(last, each.closes, ZoneInfo(each.zone)))
        part.add("RRULE", vRecur.from_ical(each.recurrence.rule))
        if each.where:
            part.add("LOCATION", each.where)
        whole.add_component(part)
    calendar.add_component(whole)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def from_vavailability(text: bytes, zone: str) -> list[Weekly]:
    """The weekly hours that a VAVAILABILITY tells. Every week on several days becomes several; what is no every-n-th
    week is refused, by name. Raises `Unreadable`."""
    try:
        calendar = Calendar.from_ical(text)
        parts = [part for whole in calendar.walk("VAVAILABILITY") for part in whole.walk("AVAILABLE")]
        found = [each for part in parts for each in _weekly(part, zone)]
    except Unreadable:
        raise
    except Exception as error:  # whatever somebody else's program has written
        raise Unreadable(f"something that is not right ({type(error).__name__})") from None
    if not found:
        raise Unreadable("no AVAILABLE")
    return found


def _weekly(part: Any, zone: str) -> list[Weekly]:
    if "DTSTART" not in part or not ({"DTEND", "DURATION"} & set(part)):
        raise Unreadable("an AVAILABLE without DTSTART and DTEND or DURATION")
    if {"EXDATE", "RDATE"} & set(part):
        raise Unreadable("an AVAILABLE with EXDATE or RDATE; tell them as absences and extra time")
    start = part["DTSTART"].dt
    end = part["DTEND"].dt if "DTEND" in part else start + part["DURATION"].dt
    if not isinstance(start, dt.datetime) or not isinstance(end, dt.datetime):
        raise Unreadable("an AVAILABLE of whole days")
    own_zone = _zone_name(start) or zone
    local_start, local_end = (_on_the_wall(each, own_zone) for each in (start, end))
    if not dt.timedelta(0) < local_end - local_start <= DAY:
        raise Unreadable("an AVAILABLE longer than a day")
    return [
        Weekly(
            uid=str(part.get("UID", "")),
            opens=local_start.time().replace(second=0, microsecond=0),
            closes=local_end.time().replace(second=0, microsecond=0),
            zone=own_zone,
            recurrence=recurrence,
        )
        for recurrence in _recurrences(part.get("RRULE"), local_start.date())
    ]


def _zone_name(at: dt.datetime) -> str | None:
    key = getattr(at.tzinfo, "key", None)
    return str(key) if key and key != "UTC" else None


def _on_the_wall(at: dt.datetime, zone: str) -> dt.datetime:
    return (at.astimezone(ZoneInfo(zone)) if at.tzinfo else at).replace(tzinfo=None)


def _recurrences(rule: Any, first: dt.date) -> list[Recurrence]:
    if rule is None:
        raise Unreadable("an AVAILABLE that does not repeat; tell it as extra time")
    frequency = str(rule["FREQ"][0]).upper()
    if frequency not in ("WEEKLY", "DAILY") or set(rule) - {"FREQ", "INTERVAL", "BYDAY", "UNTIL", "WKST"}:
        raise Unreadable("an RRULE that is no every-n-th week")
    every = int(rule.get("INTERVAL", [1])[0])
    if not 1 <= every <= 52:
        raise Unreadable("an INTERVAL that is not between 1 and 52")
    if frequency == "DAILY" and every != 1:
        raise Unreadable("an RRULE of every n-th day")
    by_default = list(WEEKDAYS) if frequency == "DAILY" else [WEEKDAYS[first.weekday()]]
    weekdays = [str(day).upper() for day in rule.get("BYDAY", by_default)]
    if not set(weekdays) <= set(WEEKDAYS):
        raise Unreadable("an RRULE with numbered weekdays")
    until = rule.get("UNTIL", [None])[0]
    if until is not None:
        until = _at(until + DAY, "UTC") if not isinstance(until, dt.datetime) else _at(until, "UTC")
    if not 2000 <= first.year <= 2200 or (until is not None and not 2000 <= until.year <= 2200):
        raise Unreadable("a year that is not between 2000 and 2200")
    # Every n-th week counts from the week of DTSTART, whose Monday is its first day.
    monday = first - DAY * first.weekday()
    dates = [monday + DAY * WEEKDAYS.index(day) for day in weekdays]
    return [Recurrence(date if date >= first else date + 7 * DAY * every, every, until) for date in dates]

"""What a tutor's external calendar says: when its owner is busy (RFC 5545)."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Component, Event

from services.booking.calendars.unreadable import Unreadable
from services.booking.domain.wall_time import midnight, outwards
from shared.intervals import Interval, intersection, union

FREE = {"TRANSPARENT"}
NOT_THERE = {"CANCELLED"}
SUB_DAILY = re.compile(rb"FREQ=(SECONDLY|MINUTELY|HOURLY)", re.IGNORECASE)


def busy_times(text: bytes, within: Interval, zone: str) -> list[Interval]:
    """Return when the owner of a calendar is busy, within an interval. Raises Unreadable.

    Repeating, moved and cancelled instances are read as RFC 5545 says; a whole day is from midnight to midnight in
    `zone`; what is marked as free or cancelled does not count.
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


def _counts(event: Event) -> bool:
    return str(event.get("TRANSP", "OPAQUE")).upper() not in FREE and (
        str(event.get("STATUS", "CONFIRMED")).upper() not in NOT_THERE
    )


def _interval(event: Event, zone: str) -> Interval:
    return Interval(instant_of(event.start, zone), instant_of(event.end, zone))


def instant_of(value: dt.date, zone: str) -> dt.datetime:
    """Return the instant of a date (its midnight), of a floating time (on the wall of `zone`) or of an instant."""
    if not isinstance(value, dt.datetime):
        return midnight(value, zone)
    return (value if value.tzinfo else value.replace(tzinfo=ZoneInfo(zone))).astimezone(dt.UTC)


def _free_busy(calendar: Component, zone: str) -> list[Interval]:
    found = []
    for component in calendar.walk("VFREEBUSY"):
        lines = component.get("FREEBUSY", [])
        for line in lines if isinstance(lines, list) else [lines]:
            if str(line.params.get("FBTYPE", "BUSY")).upper() != "FREE":
                start, end = line.dt
                begins = instant_of(start, zone)
                found.append(Interval(begins, begins + end if isinstance(end, dt.timedelta) else instant_of(end, zone)))
    return found

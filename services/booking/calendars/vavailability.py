"""A tutor's weekly hours as VAVAILABILITY (RFC 7953), out and in."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from icalendar import Availability, Available, Calendar, Component, vDDDTypes, vRecur

from services.booking.calendars.unreadable import Unreadable
from services.booking.calendars.values import instant_of
from services.booking.calendars.vtimezone import add_zones
from services.booking.calendars.zones import Zones
from services.booking.domain.wall_time import DAY, WEEKDAYS, Recurrence

OUR_DAYS, LAST_YEAR = dt.date(2000, 1, 1), 2200  # beyond these, a year is a slip of the finger
NO_YEAR = f"a year that is not between {OUR_DAYS.year} and {LAST_YEAR}"


@dataclass(frozen=True)
class CalendarHours:
    """Weekly hours as a calendar has them."""

    uid: str
    opens: dt.time
    closes: dt.time
    zone: str
    recurrence: Recurrence
    where: str | None = None


def write_hours(tutor: str, hours: Sequence[CalendarHours], now: dt.datetime) -> bytes:
    """Return a tutor's weekly hours as VAVAILABILITY: busy, but for what is AVAILABLE."""
    calendar = Calendar()
    calendar.add("PRODID", "-//Vuoro//digituki//FI")
    calendar.add("VERSION", "2.0")
    whole = Availability()
    whole.add("UID", f"{tutor}@vuoro")
    whole.add("DTSTAMP", now)
    for each in hours:
        start = dt.datetime.combine(each.recurrence.first, each.opens, ZoneInfo(each.zone))
        last = each.recurrence.first if each.closes > each.opens else each.recurrence.first + DAY
        available = Available()
        available.add("UID", each.uid)
        available.add("DTSTAMP", now)
        available.add("DTSTART", start)
        available.add("DTEND", dt.datetime.combine(last, each.closes, ZoneInfo(each.zone)))
        available.add("RRULE", vRecur.from_ical(each.recurrence.rule(each.zone)))
        if each.where:
            available.add("LOCATION", each.where)
        whole.add_component(available)
    calendar.add_component(whole)
    add_zones(calendar, min((each.recurrence.first for each in hours), default=OUR_DAYS))
    return bytes(calendar.to_ical())


def read_hours(text: bytes, zone: str) -> list[CalendarHours]:
    """Return the weekly hours that a VAVAILABILITY holds. Every week on several days becomes several. Raises
    Unreadable, by name, for what is no every-n-th week."""
    try:
        calendar = Calendar.from_ical(text)
        zones = Zones([component.to_ical().decode() for component in calendar.walk("VTIMEZONE")])
        components = [component for whole in calendar.walk("VAVAILABILITY") for component in whole.walk("AVAILABLE")]
        found = [each for component in components for each in _hours_of(component, zone, zones)]
    except Unreadable:
        raise
    except Exception as error:  # whatever somebody else's program has written
        raise Unreadable(f"something that is not right ({type(error).__name__})") from None
    if not found:
        raise Unreadable("no AVAILABLE")
    return found


def _hours_of(component: Component, zone: str, zones: Zones) -> list[CalendarHours]:
    start, end = _interval_of(component, zones)
    own_zone = _zone_name(start) or zone
    local_start, local_end = (_on_the_wall(each, own_zone) for each in (start, end))
    if not dt.timedelta(0) < local_end - local_start <= DAY:
        raise Unreadable("an AVAILABLE longer than a day")
    if any(at.second or at.microsecond for at in (local_start, local_end)):
        raise Unreadable("an AVAILABLE that does not begin and end on whole minutes")
    return [
        CalendarHours(
            uid=str(component.get("UID", "")),
            opens=local_start.time(),
            closes=local_end.time(),
            zone=own_zone,
            recurrence=recurrence,
        )
        for recurrence in _recurrences(component.get("RRULE"), start.date(), local_start, own_zone)
    ]


def _interval_of(component: Component, zones: Zones) -> tuple[dt.datetime, dt.datetime]:
    """Return when the first of its hours begin and end. Raises Unreadable for what weekly hours cannot say."""
    if "DTSTART" not in component or not ({"DTEND", "DURATION"} & set(component)):
        raise Unreadable("an AVAILABLE without DTSTART and DTEND or DURATION")
    if {"EXDATE", "RDATE"} & set(component):
        raise Unreadable("an AVAILABLE with EXDATE or RDATE; give them as absences and extra time")
    start = _in_its_zone(component.get("DTSTART"), zones)
    end = _in_its_zone(component.get("DTEND"), zones) if "DTEND" in component else start + component.get("DURATION").dt
    return start, end


def _in_its_zone(written: vDDDTypes, zones: Zones) -> dt.datetime:
    """Return a time in the zone that it is written in. Raises Unreadable for a date, and for a zone nobody knows."""
    at = written.dt
    if not isinstance(at, dt.datetime):
        raise Unreadable("an AVAILABLE of whole days")
    name = str(written.params.get("TZID", ""))
    zone = zones.find(name) if name else at.tzinfo
    if name and zone is None:
        raise Unreadable("a time zone that is not known")
    return at.replace(tzinfo=zone)


def _zone_name(at: dt.datetime) -> str | None:
    key = getattr(at.tzinfo, "key", None)
    return str(key) if key and key != "UTC" else None


def _on_the_wall(at: dt.datetime, zone: str) -> dt.datetime:
    return (at.astimezone(ZoneInfo(zone)) if at.tzinfo else at).replace(tzinfo=None)


def _recurrences(rule: vRecur | None, first: dt.date, local: dt.datetime, zone: str) -> list[Recurrence]:
    """Return an RRULE as every n-th week on one weekday each. Raises Unreadable for any other rule.

    The rule's weekdays are those of `first`, the date that is written; in the zone of the hours they are as many days
    later or earlier as `local`, the same time on the wall of `zone`, is.
    """
    if rule is None:
        raise Unreadable("an AVAILABLE that does not repeat; give it as extra time")
    every, last = _every(rule), _last(rule, local.time(), zone)
    week, step = _week_of(first, rule), 7 * DAY * every
    # Every n-th week counts from the week of DTSTART.
    dates = [week[day] for day in _weekdays(rule, first)]
    starts = [(date if date >= first else date + step) + (local.date() - first) for date in dates]
    return [Recurrence(_in_our_days(start, step), every, last) for start in starts]


def _week_of(date: dt.date, rule: vRecur) -> dict[str, dt.date]:
    """Return the dates of a date's week by weekday. It begins on the rule's WKST, or on Monday. Raises Unreadable."""
    starts_on = str(rule.get("WKST", WEEKDAYS[:1])[0]).upper()
    if starts_on not in WEEKDAYS:
        raise Unreadable("a WKST that is no weekday")
    since = (date.weekday() - WEEKDAYS.index(starts_on)) % 7
    dates = [date + DAY * (number - since) for number in range(7)]
    return {WEEKDAYS[each.weekday()]: each for each in dates}


def _in_our_days(first: dt.date, step: dt.timedelta) -> dt.date:
    """Return the first date of a recurrence that is not before `OUR_DAYS`: some programs begin in 1970. Raises
    Unreadable for a year that is a slip of the finger."""
    if first.year > LAST_YEAR:
        raise Unreadable(NO_YEAR)
    return first if first >= OUR_DAYS else first + step * -((first - OUR_DAYS) // step)


def _frequency(rule: vRecur) -> str:
    frequency = str(rule["FREQ"][0]).upper()
    if frequency not in ("WEEKLY", "DAILY") or set(rule) - {"FREQ", "INTERVAL", "BYDAY", "UNTIL", "WKST"}:
        raise Unreadable("an RRULE that is no every-n-th week")
    return frequency


def _every(rule: vRecur) -> int:
    every = int(rule.get("INTERVAL", [1])[0])
    if not 1 <= every <= 52:
        raise Unreadable("an INTERVAL that is not between 1 and 52")
    if _frequency(rule) == "DAILY" and every != 1:
        raise Unreadable("an RRULE of every n-th day")
    return every


def _weekdays(rule: vRecur, first: dt.date) -> list[str]:
    by_default = list(WEEKDAYS) if _frequency(rule) == "DAILY" else [WEEKDAYS[first.weekday()]]
    weekdays = [str(day).upper() for day in rule.get("BYDAY", by_default)]
    if not set(weekdays) <= set(WEEKDAYS):
        raise Unreadable("an RRULE with numbered weekdays")
    return weekdays


def _last(rule: vRecur, opens: dt.time, zone: str) -> dt.date | None:
    """Return the last date that UNTIL allows: itself, or of an instant the last whose opening is not after it."""
    until: dt.date | None = rule.get("UNTIL", [None])[0]
    if until is None:
        return None
    if not OUR_DAYS.year <= until.year <= LAST_YEAR:
        raise Unreadable(NO_YEAR)
    if not isinstance(until, dt.datetime):
        return until
    local = instant_of(until, zone).astimezone(ZoneInfo(zone))
    return local.date() if local.time() >= opens else local.date() - DAY

"""The times that the events of one UID take, with what became of single occasions (RFC 5545 section 3.8.4.4)."""

import datetime as dt
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from services.booking.calendars.doubts import Doubts
from services.booking.calendars.events import Event, Occasion
from services.booking.calendars.rules import walls
from services.booking.calendars.unreadable import Unreadable
from services.booking.calendars.values import Values
from services.booking.domain.wall_time import DAY, midnight
from shared.intervals import Interval


def times_of(events: Sequence[Event], within: Interval, values: Values, doubts: Doubts) -> Iterator[Interval]:
    """Yield the times that events of one UID take, those outside `within` perhaps among them. Several events that are
    no changes of each other all count."""
    changes = [event for event in events if event.replaces]
    replaced = {change.replaces for change in changes}
    for event in events:
        if event.replaces:
            if event.takes_time:
                yield _interval(event.start, event.length, values)
            continue
        for start, length in _starts(event, within, values, doubts):
            if (at := values.instant(start)) not in replaced and at not in event.excluded:
                yield from _perhaps_shifted(event, start, length or event.length, changes, values)


def _starts(event: Event, within: Interval, values: Values, doubts: Doubts) -> Iterator[Occasion]:
    """Yield the starts of an event that may matter: the first of all, those of its rule, and those given one by one."""
    yield event.start, None
    yield from event.extra
    if event.rule is None:
        return
    zone = event.start.tzinfo if isinstance(event.start, dt.datetime) else ZoneInfo(values.zone)
    longest = max(event.length, DAY)
    earliest, latest = ((at).astimezone(zone).replace(tzinfo=None) for at in (within.start - longest, within.end))
    try:
        for wall in walls(event.rule, event.start, values, latest):
            if wall >= earliest:
                yield (wall.replace(tzinfo=zone) if isinstance(event.start, dt.datetime) else wall.date()), None
    except Unreadable:
        raise
    except Exception:  # whatever somebody else's program has written: its first time is taken
        doubts["rule"] += 1


def _perhaps_shifted(
    event: Event, start: dt.date, length: dt.timedelta, changes: Sequence[Event], values: Values
) -> Iterator[Interval]:
    """Yield the time of an occasion: its own, or as a change of it and all that follow has it."""
    at = values.instant(start)
    before = [change for change in changes if change.replaces_following and change.replaces and change.replaces < at]
    if not before:
        if event.takes_time:
            yield _interval(start, length, values)
        return
    last = max(before, key=lambda change: change.replaces or at)
    if last.takes_time and last.replaces:
        shifted = at + (values.instant(last.start) - last.replaces)
        yield Interval(shifted, shifted + last.length)


def _interval(start: dt.date, length: dt.timedelta, values: Values) -> Interval:
    if isinstance(start, dt.datetime):
        begins = start.astimezone(dt.UTC)
        return Interval(begins, begins + length)
    return Interval(midnight(start, values.zone), midnight(start + length, values.zone))

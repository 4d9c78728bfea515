"""The times that the events of one UID take, with what became of single occasions, and of all after them (RFC 5545
section 3.8.4.4)."""

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

NONE = dt.timedelta(0)


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
        for start, length in _starts(event, _reach(event, changes, within, values), values, doubts):
            if (at := values.instant(start)) not in replaced and at not in event.excluded:
                yield from _perhaps_shifted(event, start, length or event.length, changes, values)


def _reach(event: Event, changes: Sequence[Event], within: Interval, values: Values) -> Interval:
    """Return when an occasion may start that takes time within an interval, however long it is, or moved to there."""
    moved = [_shift(event, change, values) for change in changes if change.replaces_following]
    before = max(event.length, *(change.length for change in changes), DAY) + max([*moved, NONE]) + DAY
    after = -min([*moved, NONE]) + DAY
    return Interval(within.start - before, within.end + after)


def _starts(event: Event, reach: Interval, values: Values, doubts: Doubts) -> Iterator[Occasion]:
    """Yield the starts of an event that may matter: the first of all, those of its rules, and those given singly."""
    yield event.start, None
    yield from event.extra
    zone = _zone(event, values)
    earliest, latest = (_wall(at, zone) for at in reach)
    for rule in event.rules:
        try:
            for wall in walls(rule, event.start, values, latest):
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
    if last.takes_time:
        zone = _zone(event, values)
        moved = _wall(start, zone) + _shift(event, last, values)
        to = moved.replace(tzinfo=zone) if isinstance(last.start, dt.datetime) else moved.date()
        yield _interval(to, last.length, values)


def _shift(event: Event, change: Event, values: Values) -> dt.timedelta:
    """Return by how much a change moves what it changes: on the wall of its series, as clocks may change meanwhile."""
    assert change.replaces
    zone = _zone(event, values)
    return _wall(change.start, zone) - _wall(change.replaces, zone)


def _zone(event: Event, values: Values) -> dt.tzinfo:
    return (isinstance(event.start, dt.datetime) and event.start.tzinfo) or ZoneInfo(values.zone)


def _wall(at: dt.date, zone: dt.tzinfo) -> dt.datetime:
    if isinstance(at, dt.datetime):
        return at.astimezone(zone).replace(tzinfo=None)
    return dt.datetime.combine(at, dt.time())


def _interval(start: dt.date, length: dt.timedelta, values: Values) -> Interval:
    if isinstance(start, dt.datetime):
        begins = start.astimezone(dt.UTC)
        return Interval(begins, begins + length)
    return Interval(midnight(start, values.zone), midnight(start + length, values.zone))

"""When the owner of an external calendar is busy (RFC 5545). What cannot be read is never silently free."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from services.booking.calendars.doubts import Doubts
from services.booking.calendars.events import Event, read_event
from services.booking.calendars.lines import Component, File, read_file
from services.booking.calendars.occasions import times_of
from services.booking.calendars.values import Values, duration
from services.booking.calendars.zones import Zones
from services.booking.domain.wall_time import outwards
from shared.intervals import Interval, intersection, union


@dataclass(frozen=True)
class Busy:
    """When the owner is busy, and what of the calendar was in doubt, with how often."""

    times: list[Interval]
    doubts: Doubts


def busy_times(text: bytes, within: Interval, zone: str) -> Busy:
    """Return when the owner of a calendar is busy, within an interval. Raises Unreadable.

    Repeating, moved and cancelled occasions are read as RFC 5545 says; a whole day is from midnight to midnight in
    `zone`; what is marked as free or cancelled, or was declined, does not count.
    """
    file, doubts = read_file(text), Doubts()
    doubts["unread"] += file.availabilities
    values = Values(zone, Zones(file.zones))
    times = [*_of_events(file, within, values, doubts), *_of_free_busy(file, values, doubts)]
    if values.unknown_zones:
        doubts["zone"] = len(values.unknown_zones)
    return Busy(intersection(union(outwards(interval) for interval in times), [within]), +doubts)


def _of_events(file: File, within: Interval, values: Values, doubts: Doubts) -> Iterator[Interval]:
    by_uid: defaultdict[str, list[Event]] = defaultdict(list)
    for component in file.components:
        if component.kind == "VEVENT" and (event := read_event(component, values, file.name.casefold(), doubts)):
            by_uid[event.uid].append(event)
    for events in by_uid.values():
        yield from times_of(events, within, values, doubts)


def _of_free_busy(file: File, values: Values, doubts: Doubts) -> Iterator[Interval]:
    for component in file.components:
        if component.kind == "VFREEBUSY":
            yield from _periods(component, values, doubts)


def _periods(component: Component, values: Values, doubts: Doubts) -> Iterator[Interval]:
    """Yield the busy times of a free-busy answer. One that has none, but a start and an end, is taken for one."""
    lines = component.properties.get("FREEBUSY", [])
    for line in lines:
        if line.parameters.get("FBTYPE", "BUSY") in ("FREE", "free"):
            continue
        for period in values.moments(line):
            if period is None or period[1] is None:
                doubts["free_busy"] += 1
            else:
                begins = values.instant(period[0])
                yield Interval(begins, begins + period[1])
    if component.broken or not lines:
        doubts["free_busy"] += 1
        yield from _whole(component, values)


def _whole(component: Component, values: Values) -> Iterator[Interval]:
    start, end, lasts = (component.first(name) for name in ("DTSTART", "DTEND", "DURATION"))
    try:
        begins = values.instant(values.at(start)) if start else None
        ends = values.instant(values.at(end)) if end else None
        length = duration(lasts.value) if lasts else None
    except ValueError:
        return
    if begins and (until := ends or (begins + length if length else None)) and until > begins:
        yield Interval(begins, until)

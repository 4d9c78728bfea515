"""An event as it is written (RFC 5545 section 3.6.1)."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from services.booking.calendars.doubts import Doubts
from services.booking.calendars.lines import Part, Property
from services.booking.calendars.values import Reader, duration
from services.booking.domain.wall_time import DAY

AN_HOUR = dt.timedelta(hours=1)
Occasion = tuple[dt.date, dt.timedelta | None]
"""A start, and its own length, if it has one."""


@dataclass(frozen=True)
class Event:
    """One occasion, a series, or what became of an occasion of a series and perhaps of all after it (`replaces`)."""

    uid: str
    start: dt.date
    length: dt.timedelta
    takes_time: bool
    rule: str | None = None
    extra: tuple[Occasion, ...] = ()
    excluded: frozenset[dt.datetime] = field(default_factory=frozenset)
    replaces: dt.datetime | None = None
    replaces_following: bool = False


def read_event(part: Part, reader: Reader, owner: str, doubts: Doubts) -> Event | None:
    """Return the event, None when it has no start; `owner` is the address of whose calendar it is, if it is known."""
    if part.broken:
        doubts["dates"] += 1
    start = _moment(part.first("DTSTART"), reader)
    if start is None:
        doubts["no_start"] += 1
        return None
    changed = part.first("RECURRENCE-ID")
    replaces = _moment(changed, reader)
    if changed and replaces is None:
        doubts["dates"] += 1
    rule = part.first("RRULE")
    return Event(
        uid=part.text("UID"),
        start=start,
        length=_length(part, start, reader, doubts),
        takes_time=_takes_time(part, owner),
        rule=rule.value if rule else None,
        extra=tuple(_occasions(part, "RDATE", reader, doubts)),
        excluded=frozenset(reader.instant(at) for at, _length in _occasions(part, "EXDATE", reader, doubts)),
        replaces=reader.instant(replaces) if replaces else None,
        replaces_following=bool(changed and changed.parameters.get("RANGE", "").upper() == "THISANDFUTURE"),
    )


def _moment(written: Property | None, reader: Reader) -> dt.date | None:
    try:
        return reader.at(written) if written else None
    except ValueError:
        return None


def _length(part: Part, start: dt.date, reader: Reader, doubts: Doubts) -> dt.timedelta:
    """Return how long it takes; without an end, a date takes its day, and a time nothing."""
    shortest = dt.timedelta(0) if isinstance(start, dt.datetime) else DAY
    try:
        length = _written_length(part, start, reader)
    except ValueError:
        length = -DAY
    if length is not None and length < dt.timedelta(0):
        doubts["no_end"] += 1
        return max(AN_HOUR, shortest)
    return max(length or shortest, shortest)


def _written_length(part: Part, start: dt.date, reader: Reader) -> dt.timedelta | None:
    if lasts := part.first("DURATION"):
        return duration(lasts.value)
    if ends := part.first("DTEND"):
        end = reader.at(ends)
        if not isinstance(start, dt.datetime) and not isinstance(end, dt.datetime):
            return end - start
        return reader.instant(end) - reader.instant(start)
    return None


def _occasions(part: Part, name: str, reader: Reader, doubts: Doubts) -> Iterator[Occasion]:
    for written in part.properties.get(name, ()):
        try:
            yield from reader.moments(written)
        except ValueError:
            doubts["dates"] += 1


def _takes_time(part: Part, owner: str) -> bool:
    """Return whether its owner is busy: it is neither free nor cancelled, and the owner has not declined."""
    is_free = part.text("TRANSP") == "TRANSPARENT" or part.text("X-MICROSOFT-CDO-BUSYSTATUS") == "FREE"
    return not is_free and part.text("STATUS") != "CANCELLED" and not _is_declined(part, owner)


def _is_declined(part: Part, owner: str) -> bool:
    """Return whether the owner has declined: they by their address, or everybody who was asked."""
    answers = {
        guest.value.strip().casefold().removeprefix("mailto:"): str(guest.parameters.get("PARTSTAT", "")).upper()
        for guest in part.properties.get("ATTENDEE", ())
    }
    return answers.get(owner) == "DECLINED" or set(answers.values()) == {"DECLINED"}

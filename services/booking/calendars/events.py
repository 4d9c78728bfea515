"""An event as it is written (RFC 5545 section 3.6.1)."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from services.booking.calendars.doubts import Doubts
from services.booking.calendars.lines import ONCE, Component, Property
from services.booking.calendars.values import Values, duration
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
    rules: tuple[str, ...] = ()
    extra: tuple[Occasion, ...] = ()
    excluded: frozenset[dt.datetime] = field(default_factory=frozenset)
    replaces: dt.datetime | None = None
    replaces_following: bool = False


def read_event(component: Component, values: Values, owner: str, doubts: Doubts) -> Event | None:
    """Return the event, None when it has no start; `owner` is the address of whose calendar it is, if it is known."""
    doubts["dates"] += component.broken
    doubts["unread"] += _unread(component)
    start = _moment(component.first("DTSTART"), values)
    if start is None:
        doubts["no_start"] += 1
        return None
    changed = component.first("RECURRENCE-ID")
    replaces = _moment(changed, values)
    if changed and replaces is None:
        doubts["dates"] += 1
    return Event(
        uid=component.text("UID"),
        start=start,
        length=_length(component, start, values, doubts),
        takes_time=_takes_time(component, owner),
        rules=tuple(rule.value for rule in component.properties.get("RRULE", ())),
        extra=tuple(_listed(component, "RDATE", values, doubts)),
        excluded=frozenset(values.instant(at) for at, _length in _listed(component, "EXDATE", values, doubts)),
        replaces=values.instant(replaces) if replaces else None,
        replaces_following=_range(component) == "THISANDFUTURE",
    )


def _range(component: Component) -> str:
    changed = component.first("RECURRENCE-ID")
    return str(changed.parameters.get("RANGE", "")).upper() if changed else ""


def _unread(component: Component) -> bool:
    """Return whether it says something about its times that nobody reads here: one thing twice, rules of a change, or,
    as RFC 2445 had it, a rule of what is left out, or a change of all before it."""
    says_twice = any(len(component.properties.get(name, ())) > 1 for name in ONCE)
    has_rules_of_change = {"RECURRENCE-ID", "RRULE"} <= component.properties.keys()
    return says_twice or has_rules_of_change or "EXRULE" in component.properties or _range(component) == "THISANDPRIOR"


def _moment(written: Property | None, values: Values) -> dt.date | None:
    try:
        return values.at(written) if written else None
    except ValueError:
        return None


def _length(component: Component, start: dt.date, values: Values, doubts: Doubts) -> dt.timedelta:
    """Return how long it takes; without an end, a date takes its day, and a time nothing."""
    shortest = dt.timedelta(0) if isinstance(start, dt.datetime) else DAY
    try:
        length = _written_length(component, start, values)
    except ValueError:
        length = -DAY
    if length is not None and length < dt.timedelta(0):
        doubts["no_end"] += 1
        return max(AN_HOUR, shortest)
    return max(length or shortest, shortest)


def _written_length(component: Component, start: dt.date, values: Values) -> dt.timedelta | None:
    if lasts := component.first("DURATION"):
        return duration(lasts.value)
    if ends := component.first("DTEND"):
        end = values.at(ends)
        if not isinstance(start, dt.datetime) and not isinstance(end, dt.datetime):
            return end - start
        return values.instant(end) - values.instant(start)
    return None


def _listed(component: Component, name: str, values: Values, doubts: Doubts) -> Iterator[Occasion]:
    for written in component.properties.get(name, ()):
        for occasion in values.moments(written):
            if occasion is None:
                doubts["dates"] += 1
            else:
                yield occasion


def _takes_time(component: Component, owner: str) -> bool:
    """Return whether its owner is busy: it is neither free nor cancelled, and the owner has not declined."""
    is_free = component.text("TRANSP") == "TRANSPARENT" or component.text("X-MICROSOFT-CDO-BUSYSTATUS") == "FREE"
    return not is_free and component.text("STATUS") != "CANCELLED" and not _is_declined(component, owner)


def _is_declined(component: Component, owner: str) -> bool:
    """Return whether the owner has declined: they by their address, or everybody who is named. Who asked the others is
    not free because these, or a room, have declined."""
    guests = component.properties.get("ATTENDEE", [])
    others = {_mail_address(guest) for guest in guests if not _has_declined(guest)}
    declined = {_mail_address(guest) for guest in guests} - others - {""}
    named = others | declined | {_mail_address(each) for each in component.properties.get("ORGANIZER", ())}
    return owner in declined or (bool(declined) and named <= declined)


def _has_declined(guest: Property) -> bool:
    return str(guest.parameters.get("PARTSTAT", "")).upper() == "DECLINED"


def _mail_address(person: Property) -> str:
    return person.value.strip().casefold().removeprefix("mailto:")

"""An iCalendar file as components with their properties (RFC 5545 section 3.1), whatever else is wrong with it.

Each component is read by itself, so that one that is broken hides none of the others, and only those properties are
kept that say when somebody is busy: the rest is nobody's business here.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from icalendar.parser import Contentline, Parameters

from services.booking.calendars.unreadable import Unreadable

READ = frozenset({"VEVENT", "VFREEBUSY"})
ONCE = ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID")
TIMES = (*ONCE, "RRULE", "EXRULE", "RDATE", "EXDATE", "FREEBUSY")
STATES = ("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS", "ATTENDEE", "ORGANIZER")
KEPT = frozenset({"UID", *TIMES, *STATES})


class Property(NamedTuple):
    """A property's value, as it is written, and its parameters."""

    value: str
    parameters: Parameters


@dataclass
class Component:
    """A component: its kind, and those of its properties that are kept. `broken` when one of them is none."""

    kind: str
    properties: dict[str, list[Property]] = field(default_factory=dict)
    broken: bool = False

    def first(self, name: str) -> Property | None:
        """Return the first property of that name."""
        found = self.properties.get(name)
        return found[0] if found else None

    def text(self, name: str) -> str:
        """Return the first value of that name in capitals, without spaces around it; empty when there is none."""
        found = self.first(name)
        return found.value.strip().upper() if found else ""


@dataclass
class File:
    """All that is read of a file: components, the text of zones, whose calendar it says it is; how many calendars it
    holds, and how many availabilities (RFC 7953), which nobody reads here."""

    components: list[Component] = field(default_factory=list)
    zones: list[str] = field(default_factory=list)
    name: str = ""
    calendars: int = 0
    availabilities: int = 0


def read_file(text: bytes) -> File:
    """Return what a file holds, of all calendars in it. Raises Unreadable for what is no calendar, or is cut off."""
    found, open_components = File(), list[_Open]()
    for line in _unfolded(_decoded(text)):
        _read_line(line, open_components, found)
    if open_components:
        raise Unreadable("it is cut off")
    if not found.calendars:
        raise Unreadable("it is not a calendar")
    return found


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError:
        return text.decode("latin-1")  # every byte is a letter there, and what is read of them is ASCII


def _unfolded(text: str) -> Iterator[str]:
    """Yield the content lines: a line that begins with a space or tab goes on with the one before it."""
    line = ""
    # At CRLF, LF and CR alone: splitlines would make a line of what follows U+2028 or \v within somebody's text.
    for ended in io.StringIO(text, newline=None):
        raw = ended.removesuffix("\n")
        if raw[:1] in (" ", "\t"):
            line += raw[1:]
            continue
        if line:
            yield line
        line = raw
    if line:
        yield line


@dataclass
class _Open:
    """A component whose end has not come yet."""

    kind: str
    component: Component | None = None
    lines: list[str] | None = None


def _read_line(line: str, open_components: list[_Open], found: File) -> None:
    begin, _, kind = line.partition(":")
    match begin.strip().upper():
        case "BEGIN":
            _begin(kind.strip().upper(), open_components)
        case "END":
            _end_component(kind.strip().upper(), open_components, found)
        case _ if not open_components:
            raise Unreadable("it is not a calendar")
        case "X-WR-CALNAME":
            found.name = kind.strip()
        case _:
            _take(line, open_components[-1])
    for each in open_components:
        if each.lines is not None:
            each.lines.append(line)


def _begin(kind: str, open_components: list[_Open]) -> None:
    if not open_components and kind != "VCALENDAR":
        raise Unreadable("it is not a calendar")
    component = Component(kind) if kind in READ else None
    open_components.append(_Open(kind, component, [] if kind == "VTIMEZONE" else None))


def _end_component(kind: str, open_components: list[_Open], found: File) -> None:
    """Close a component, and what is still open inside it."""
    if kind not in [each.kind for each in open_components]:
        return
    while open_components:
        closed = open_components.pop()
        found.calendars += closed.kind == "VCALENDAR"
        found.availabilities += closed.kind == "VAVAILABILITY"
        if closed.component:
            found.components.append(closed.component)
        if closed.lines is not None:
            found.zones.append("\r\n".join([*closed.lines, "END:VTIMEZONE", ""]))
        if closed.kind == kind:
            return


def _take(line: str, inside: _Open) -> None:
    """Keep a line of a component, if it is one of those that matter."""
    name = line.replace(";", ":", 1).partition(":")[0].strip().upper()
    if inside.component is None or name not in KEPT:
        return
    try:
        _, parameters, value = Contentline(line).parts()  # type: ignore[no-untyped-call]
    except ValueError:
        inside.component.broken = True
        return
    inside.component.properties.setdefault(name, []).append(Property(value, parameters))

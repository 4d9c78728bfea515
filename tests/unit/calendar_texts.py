"""Calendars for tests, as other programs write them."""

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from shared.intervals import Interval

HELSINKI = "Europe/Helsinki"


def event(lines: str) -> str:
    """An event with these lines."""
    return f"BEGIN:VEVENT\nDTSTAMP:20270101T000000Z\nSUMMARY:private\n{lines.strip()}\nEND:VEVENT\n"


def calendar(*parts: str, name: str = "") -> bytes:
    """A calendar of such parts."""
    head = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n" + (f"X-WR-CALNAME:{name}\n" if name else "")
    return f"{head}{''.join(parts)}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def local(intervals: Iterable[Interval]) -> list[tuple[str, str]]:
    """Intervals on the wall of Helsinki."""
    return [(_on_the_wall(start), _on_the_wall(end)) for start, end in intervals]


def _on_the_wall(at: dt.datetime) -> str:
    return f"{at.astimezone(ZoneInfo(HELSINKI)):%d.%m. %H:%M}"

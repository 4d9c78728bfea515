"""The hours of one date of a service point, put together from rows that each say a part of them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypedDict

Minutes = tuple[int, int]
"""From a minute of the day to a later one."""
# A part of a day as JSON keeps it: wall-clock times, and whether the place is staffed then.
DayPart = TypedDict("DayPart", {"from": str, "to": str, "kind": str})
KINDS = ("staffed", "self_service")
WHOLE_DAY = 1440


@dataclass(frozen=True)
class HoursRow:
    """What a row says of a service point's hours on a date: staffed, self_service or closed. Closed without times is
    closed all day."""

    source_id: str
    date: dt.date
    status: str
    opens: dt.time | None
    closes: dt.time | None


def day_hours(rows: Iterable[HoursRow]) -> list[DayPart]:
    """Return one date's staffed and self-service intervals in order, less what is closed meanwhile; those of a kind
    that overlap or touch are one."""
    rows = list(rows)
    closed = [_minutes(row) for row in rows if row.status == "closed"]
    parts = [
        day_part(minutes, kind)
        for kind in KINDS
        for interval in joined(_minutes(row) for row in rows if row.status == kind)
        for minutes in _without(interval, closed)
    ]
    return sorted(parts, key=lambda part: (part["from"], part["kind"]))


def joined(intervals: Iterable[Minutes]) -> list[Minutes]:
    """Return the time in any of the intervals, in order; those that overlap or touch are one."""
    found: list[Minutes] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def hours_on(week: Iterable[Mapping[str, object]], date: dt.date) -> list[DayPart]:
    """Return the parts of an ordinary week that are of a date's weekday."""
    parts = [part for part in week if part["weekday"] == date.isoweekday()]
    return [{"from": str(part["from"]), "to": str(part["to"]), "kind": str(part["kind"])} for part in parts]


def minutes_between(opens: dt.time, closes: dt.time) -> Minutes:
    """Return an interval of a day in minutes; one that closes at midnight lasts to the end of the day."""
    return opens.hour * 60 + opens.minute, (closes.hour * 60 + closes.minute) or WHOLE_DAY


def day_part(minutes: Minutes, kind: str) -> DayPart:
    """Return an interval as JSON keeps it."""
    return {"from": _clock(minutes[0]), "to": _clock(minutes[1]), "kind": kind}


def _minutes(row: HoursRow) -> Minutes:
    return minutes_between(row.opens or dt.time(0), row.closes or dt.time(0))


def _without(interval: Minutes, holes: list[Minutes]) -> list[Minutes]:
    pieces = [interval]
    for start, end in holes:
        pieces = [
            piece
            for low, high in pieces
            for piece in ((low, min(high, start)), (max(low, end), high))
            if piece[0] < piece[1]
        ]
    return pieces


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}:00"

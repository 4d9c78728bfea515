"""The hours of one date of a service point, put together from rows that each say a part of them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypedDict

Minutes = tuple[int, int]
# A part of a day as JSON keeps it: wall-clock times, and whether the place is staffed then.
DayPart = TypedDict("DayPart", {"from": str, "to": str, "kind": str})


@dataclass(frozen=True)
class HoursRow:
    """What a row says of a service point's hours on a date: staffed, self_service or closed."""

    source_id: str
    date: dt.date
    status: str
    opens: dt.time | None
    closes: dt.time | None


def day_hours(rows: Iterable[HoursRow]) -> list[DayPart]:
    """Return one date's staffed and self-service intervals in order, less what is closed meanwhile."""
    rows = list(rows)
    closed = [_minutes(row) for row in rows if row.status == "closed" and row.opens and row.closes is not None]
    found = {
        (start, end, row.status)
        for row in rows
        if row.status != "closed"
        for start, end in _without(_minutes(row), closed)
    }
    return [{"from": _clock(start), "to": _clock(end), "kind": kind} for start, end, kind in sorted(found)]


def _minutes(row: HoursRow) -> Minutes:
    opens, closes = row.opens or dt.time(0), row.closes or dt.time(0)
    return opens.hour * 60 + opens.minute, (closes.hour * 60 + closes.minute) or 1440


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

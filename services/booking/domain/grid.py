"""The grid of starts: minutes of the local day, counted from midnight, and runs of starts on it."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.booking.domain.wall_time import MINUTE
from shared.intervals import Interval


class Run(NamedTuple):
    """Starts that can be booked: `first`, every `step` minutes, up to and with `last`; from the instant `free_from`
    on, when holds that are in the way have run out. `seats_left` is of a group visit: those not booked, though one
    or another may be held."""

    first: dt.datetime
    last: dt.datetime
    step: int
    free_from: dt.datetime | None = None
    seats_left: int | None = None


def on_grid(at: dt.datetime, grid: int, zone: str) -> bool:
    """Whether an instant stands on the grid of its local day."""
    local = at.astimezone(ZoneInfo(zone))
    return (local.hour * 60 + local.minute) % grid == 0


def aligned(windows: Iterable[Interval], grid: int, zone: str) -> list[Run]:
    """Return the starts on the grid, from local midnight. A run lies within one local date and one UTC offset."""
    return [run for window in windows for piece in _pieces(window, zone) if (run := _align(piece, grid, zone))]


def _pieces(span: Interval, zone: str) -> list[Interval]:
    """`span` cut at local midnights and where the offset changes: both on quarters of an hour, in every zone."""
    local_zone = ZoneInfo(zone)
    first, last = span.start.astimezone(local_zone), (span.end - MINUTE).astimezone(local_zone)
    if first.date() == last.date() and first.utcoffset() == last.utcoffset():
        return [span]
    cuts = [span.start]
    quarter = span.start.replace(minute=0, second=0, microsecond=0)
    while (quarter := quarter + 15 * MINUTE) < span.end:
        if quarter > span.start and _changes(quarter, local_zone):
            cuts.append(quarter)
    return [Interval(start, end) for start, end in zip(cuts, [*cuts[1:], span.end], strict=True) if start < end]


def _changes(at: dt.datetime, zone: ZoneInfo) -> bool:
    local, just_before = at.astimezone(zone), (at - MINUTE).astimezone(zone)
    return local.date() != just_before.date() or local.utcoffset() != just_before.utcoffset()


def _align(piece: Interval, grid: int, zone: str) -> Run | None:
    local = piece.start.astimezone(ZoneInfo(zone))
    past = (local.hour * 60 + local.minute) % grid
    first = piece.start + MINUTE * (-past % grid)
    if first >= piece.end:
        return None
    steps = (piece.end - MINUTE - first) // (MINUTE * grid)
    return Run(first, first + MINUTE * grid * steps, grid)


def each(runs: Iterable[Run]) -> Iterator[tuple[dt.datetime, dt.datetime | None]]:
    """Yield the starts one by one, each with the instant from which it is free, if that is not now."""
    for run in runs:
        at = run.first
        while at <= run.last:
            yield at, run.free_from
            at += MINUTE * run.step

"""Interval algebra on half-open intervals `[start, end)`. Lists are sorted and disjoint unless said otherwise."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple


class Interval(NamedTuple):
    """`[start, end)`, both aware."""

    start: dt.datetime
    end: dt.datetime


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """Return all time in any of `intervals`, in whatever order they come; touching ones join."""
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if joined and start <= joined[-1].end:
            joined[-1] = Interval(joined[-1].start, max(joined[-1].end, end))
        else:
            joined.append(Interval(start, end))
    return joined


def intersection(left: list[Interval], right: list[Interval]) -> list[Interval]:
    """Return the time in both."""
    common = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i].start, right[j].start), min(left[i].end, right[j].end)
        if start < end:
            common.append(Interval(start, end))
        if left[i].end < right[j].end:
            i += 1
        else:
            j += 1
    return common


def difference(left: list[Interval], right: list[Interval]) -> list[Interval]:
    """Return the time in `left` and not in `right`."""
    rest = []
    j = 0
    for start, end in left:
        while j < len(right) and right[j].end <= start:
            j += 1
        cut, at = start, j
        while at < len(right) and right[at].start < end:
            if cut < right[at].start:
                rest.append(Interval(cut, right[at].start))
            cut = max(cut, right[at].end)
            at += 1
        if cut < end:
            rest.append(Interval(cut, end))
    return rest

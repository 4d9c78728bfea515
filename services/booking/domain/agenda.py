"""An agenda: a few starts of each half of the days that have room, spread over its hours and places."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Protocol, TypeVar
from uuid import UUID

from services.booking.domain.wall_time import DAY, instant, midnight
from shared.intervals import Interval

NOON = dt.time(12)
NO_DISTANCES: Mapping[UUID, float] = {}


class Start(Protocol):
    """When something starts, and where."""

    @property
    def start(self) -> dt.datetime: ...

    @property
    def service_point_id(self) -> UUID | None: ...


Some = TypeVar("Some", bound=Start)


def halves(date: dt.date, zone: str) -> tuple[Interval, Interval]:
    """Return a local date's time before noon and after it."""
    noon = instant(date, NOON, zone)
    return Interval(midnight(date, zone), noon), Interval(noon, midnight(date + DAY, zone))


def spread(starts: Sequence[Some], most: int, distances: Mapping[UUID, float] = NO_DISTANCES) -> list[Some]:
    """Return up to `most` of some starts, earliest first: of every hour one before a second of any, and of the place
    that has the fewest so far, so that neither one morning nor one place fills the page; where the `distances` of
    places are known, of the nearest."""
    chosen: list[Some] = []
    left = sorted(starts, key=lambda each: each.start)
    while left and len(chosen) < most:
        left = _round(left, chosen, most, distances)
    return sorted(chosen, key=lambda each: each.start)


def _round(starts: Sequence[Some], chosen: list[Some], most: int, distances: Mapping[UUID, float]) -> list[Some]:
    """Choose one start of each hour, as far as there is room; return those that are left."""
    for hour in _hours(starts):
        if len(chosen) < most:
            of_hour = [each for each in starts if _hour(each) == hour]
            shown = Counter(each.service_point_id for each in chosen)
            chosen.append(min(of_hour, key=partial(_turn, shown, distances)))
    return [each for each in starts if each not in chosen]


def _turn(
    shown: Mapping[UUID | None, int], distances: Mapping[UUID, float], each: Start
) -> tuple[float, int, dt.datetime]:
    place = each.service_point_id
    return distances.get(place, 0) if place else 0, shown[place], each.start


def _hours(starts: Iterable[Start]) -> list[dt.datetime]:
    return sorted({_hour(each) for each in starts})


def _hour(each: Start) -> dt.datetime:
    return each.start.replace(minute=0, second=0, microsecond=0)

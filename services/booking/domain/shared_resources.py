"""What a visit needs besides its tutor: other tutors, rooms and devices."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from services.booking.domain.drives import Place
from services.booking.domain.slot_rules import SlotRule, blocked_starts
from services.booking.domain.tutor_week import TutorWeek
from services.booking.domain.wall_time import DAY, whole_days
from shared.intervals import Interval, difference, intersection, union


class EquipmentClaim(NamedTuple):
    """A time that a room or device is taken; it ends by itself at `expires`."""

    busy: Interval
    expires: dt.datetime | None


@dataclass(frozen=True)
class SharedResources:
    """What a visit needs besides its tutor: other tutors, and one of each kind of equipment at the place."""

    colleagues: tuple[TutorWeek, ...] = ()
    # Of each kind, the claims on each piece that there is.
    equipment: Mapping[str, Sequence[Sequence[EquipmentClaim]]] = field(default_factory=dict)

    def windows(self, rule: SlotRule, place: Place, first: dt.date, last: dt.date, at: dt.datetime) -> list[Interval]:
        """Return the instants at which enough other tutors and one of each thing needed are free."""
        everything = [whole_days(first - DAY, last + DAY, "UTC")]
        found = everything
        for kind in sorted(rule.needs):
            pieces = [difference(everything, _blocked(holds, rule, at)) for holds in self.equipment.get(kind, ())]
            found = intersection(found, union(chain.from_iterable(pieces)))
        if rule.tutors > 1:
            colleagues = [
                colleague.windows(rule, colleague.open_time(rule, place, first, last), place, at)
                for colleague in self.colleagues
            ]
            found = intersection(found, at_least(rule.tutors - 1, colleagues))
        return found

    def expiries(self) -> Iterator[dt.datetime]:
        """Yield when something of it falls free by itself."""
        for holds in chain.from_iterable(self.equipment.values()):
            yield from (hold.expires for hold in holds if hold.expires is not None)
        for colleague in self.colleagues:
            yield from (claim.expires for claim in colleague.claims if claim.expires is not None)


def _blocked(holds: Iterable[EquipmentClaim], rule: SlotRule, at: dt.datetime) -> list[Interval]:
    return union(blocked_starts(hold.busy, rule) for hold in holds if hold.expires is None or hold.expires > at)


def at_least(count: int, lists: Sequence[Sequence[Interval]]) -> list[Interval]:
    """Return the time that is in at least `count` of the lists."""
    edges = sorted(
        chain.from_iterable(((start, 1), (end, -1)) for intervals in lists for start, end in intervals),
    )
    found, depth, begun = [], 0, None
    for at, change in edges:
        depth += change
        if depth >= count and begun is None:
            begun = at
        elif depth < count and begun is not None:
            found.append(Interval(begun, at))
            begun = None
    return union(found)

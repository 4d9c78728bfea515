"""Who is asked first when any tutor will do."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

# Visits so long before and after now count: before, so that everybody has a share; after, so that the busy are spared.
LOAD_WINDOW = dt.timedelta(days=28)


@dataclass(frozen=True)
class Load:
    """How many minutes of visits a tutor has within `LOAD_WINDOW` of now."""

    tutor_id: UUID
    minutes: int


def fairest(loads: Iterable[Load], prefer: UUID | None = None) -> list[UUID]:
    """Return the tutors in the order in which they are asked: the one whom the citizen prefers, then the least loaded;
    never by chance, so that a retry asks the same."""
    ranked = sorted(loads, key=lambda load: (load.tutor_id != prefer, load.minutes, load.tutor_id))
    return [load.tutor_id for load in ranked]

"""Who came to a service point without a time. Nothing of who it was."""

import datetime as dt
from typing import Literal
from uuid import UUID

from shared.schemas.events.base import PREFIX, RecordEvent


class WalkInEvent(RecordEvent):
    """Something of a service point's walk-ins changed."""

    service_point_id: UUID
    date: dt.date
    """Of the service point's zone."""


class WalkInNoted(WalkInEvent):
    """Somebody who came without a time was helped, turned away, or left before their turn. Noted again, it is put
    right."""

    type = PREFIX + "walk-in.noted"

    state: Literal["helped", "turned_away", "left"]
    tutor_id: UUID | None = None
    topic: str | None = None
    minutes_helped: int | None = None
    device: str | None = None


class WalkInRemoved(WalkInEvent):
    """It was noted by mistake."""

    type = PREFIX + "walk-in.removed"

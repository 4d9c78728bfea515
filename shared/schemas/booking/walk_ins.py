"""Who came to a service point without a time: a number in the queue, or a stroke in the tally. Never who it was."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError

from shared.schemas.booking.appointments import Device, MinutesHelped
from shared.schemas.common import TopicCode, Wire, example

WalkInState = Literal["waiting", "called", "helped", "turned_away", "left"]
WalkInEnd = Literal["helped", "turned_away", "left"]


class _HowHelped(Wire):
    """What is known of the help beside that it was given. Everything is optional."""

    topic: TopicCode | None = None
    minutes_helped: MinutesHelped | None = Field(default=None, description="how long the help took")
    device: Device | None = Field(default=None, description="with which device they were helped")


class _WhatHappened(_HowHelped):
    """What somebody says of a walk-in."""

    state: WalkInState

    @model_validator(mode="after")
    def _consistent(self) -> "_WhatHappened":
        if self.state != "helped" and (self.minutes_helped is not None or self.device is not None):
            raise PydanticCustomError("not_helped", "who was not helped has no length and no device: leave them out")
        return self


class WalkInInput(_WhatHappened):
    """Somebody who came without a time: helped or turned away already, or waiting for their turn."""

    model_config = example(service_point_id="01a2002f-4278-7747-847f-dc2d2a069388", state="helped", topic="e-services")

    service_point_id: UUID
    state: Literal["waiting", "helped", "turned_away"]


class WalkInOutcomeInput(_WhatHappened):
    """How it ended for somebody who waited: helped, turned away, or gone before their turn."""

    model_config = example(state="helped", topic="e-services", minutes_helped=10, device="phone")

    state: WalkInEnd


class NextWalkInInput(Wire):
    """Whose queue goes on."""

    model_config = example(service_point_id="01a2002f-4278-7747-847f-dc2d2a069388")

    service_point_id: UUID


class WalkIn(_HowHelped):
    """Somebody who came without a time. There is nothing of who they were."""

    id: UUID
    service_point_id: UUID
    state: WalkInState
    number: int | None = Field(default=None, description="in the queue of that day; none of who did not wait")
    came_at: AwareDatetime
    called_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None


class WalkInTally(Wire):
    """The walk-ins of a service point on a day, the newest first, and how many of each kind."""

    items: list[WalkIn]
    waiting: int
    helped: int
    turned_away: int
    left: int


class Queue(Wire):
    """What a display on the wall shows: the numbers whose turn it is, the newest first, and how many wait."""

    called: list[int]
    waiting: int

"""What may be done to an appointment."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from shared.schemas.booking.appointments import Device, MinutesHelped, Result
from shared.schemas.booking.slots import SlotId
from shared.schemas.common import Flag, Wire, example


def _reason_today(value: object) -> object:
    return "tutor_away" if value == "helper_away" else value  # its former name


Reason = Annotated[
    Literal["ill", "not_needed", "another_time", "tutor_away", "place_closed", "other"], BeforeValidator(_reason_today)
]


class MoveInput(Wire):
    """Move an appointment to another slot."""

    model_config = example(slot_id="AaIAL0J4d0eEf9wtKgaTiAGiAC9CV3Y4rs4xLrxZ96EBogAvQhV2t7J7ZCdGAaUEAAAeAAABx2lg")

    slot_id: SlotId


class CancellationInput(Wire):
    """Why. Everything is optional."""

    model_config = example(reason="not_needed")

    reason: Reason | None = None


class ReassignmentInput(Wire):
    """To whom; by default the fairest who is free at the same time and place."""

    model_config = example(tutor_id="01a2002f-4278-7747-847f-dc2d2a069388")

    tutor_id: UUID | None = None


class FreeTutor(Wire):
    """A tutor who is free at an appointment's time and place, and gives the same help."""

    id: UUID
    display_name: str


class Reassignment(Wire):
    """To whom an appointment could be given now, the fairest first, when it is, and which appointments of its visit
    would go along, itself among them."""

    start: AwareDatetime
    tutors: list[FreeTutor]
    appointments: list[UUID]


class OutcomeInput(Wire):
    """How the visit ended. `result` is needed exactly when the citizen came; how long it took and with which device
    they were helped is of who came, too."""

    model_config = example(attended=True, result="solved", manages_alone=True, minutes_helped=30, device="phone")

    attended: Flag
    result: Result | None = None
    manages_alone: Flag | None = Field(default=None, description="can the citizen do it alone now?")
    minutes_helped: MinutesHelped | None = Field(default=None, description="how long the help took")
    device: Device | None = Field(default=None, description="with which device the citizen was helped")

    @model_validator(mode="after")
    def _consistent(self) -> "OutcomeInput":
        if self.attended != (self.result is not None):
            raise PydanticCustomError("result", "give a result when the citizen came, and none when not")
        if not self.attended and (self.minutes_helped is not None or self.device is not None):
            raise PydanticCustomError("not_helped", "who did not come was not helped: leave length and device out")
        return self

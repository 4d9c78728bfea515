"""How appointments are made: one, several in a series, and the code that verifies them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from shared.schemas.booking.appointments import Citizen
from shared.schemas.booking.slots import SlotId
from shared.schemas.common import FeatureCode, LongText, ShortText, TopicCode, Wire, example

Answers = dict[FeatureCode, Annotated[LongText, StringConstraints(max_length=500)]]


class AppointmentInput(Wire):
    """Book a slot for a citizen."""

    model_config = example(
        slot_id="AaIAL0J4d0eEf9wtKgaTiAGiAC9CV3Y4rs4xLrxZ96EBogAvQhV2t7J7ZCdGAaUEAAAeAAABx2lg",
        citizen={"name": "Aili Mäkelä", "phone": "040 685 404", "language": "fi"},
        topic="e-services",
        note="Kelan hakemus",
    )

    slot_id: SlotId | None = Field(default=None, description="a free time")
    hold_id: UUID | None = Field(default=None, description="or a time that is held; its key goes into `Manage-Token`")
    citizen: Citizen
    topic: TopicCode
    note: LongText | None = Field(default=None, description="what the tutor should know; no codes or passwords")
    answers: Answers = Field(default={}, max_length=5, description="to the offering's `questions`, by their codes")
    address: ShortText | None = Field(default=None, description="for a visit at home, and only then")
    prefer: UUID | None = Field(default=None, description="with a slot of any tutor: this one, if free")

    @model_validator(mode="after")
    def _one_time(self) -> "AppointmentInput":
        if (self.slot_id is None) == (self.hold_id is None):
            raise PydanticCustomError("slot_or_hold", "either slot_id or hold_id is needed")
        return self


class VerificationInput(Wire):
    """The code that the citizen was sent."""

    model_config = example(code="012345")

    code: ShortText


class SeriesInput(Wire):
    """The same time in several weeks: all of them, or none."""

    model_config = example(
        slot_id="AaIAL0J4d0eEf9wtKgaTiAGiAC9CV3Y4rs4xLrxZ96EBogAvQhV2t7J7ZCdGAaUEAAAeAAABx2lg",
        topic="e-services",
        citizen={"name": "Aili Mäkelä", "phone": "040 685 404", "language": "fi"},
        count=4,
    )

    slot_id: SlotId
    topic: TopicCode
    citizen: Citizen
    note: LongText | None = None
    answers: Answers = Field(default={}, max_length=5)
    address: ShortText | None = None
    count: int = Field(ge=2, le=12)
    every_weeks: int = Field(default=1, ge=1, le=4)

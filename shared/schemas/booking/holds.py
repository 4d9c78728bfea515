"""Times that are kept for somebody who is about to book."""

from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.languages import Language
from shared.schemas.booking.appointments import AppointmentState, VisitPlace
from shared.schemas.booking.slots import SlotId
from shared.schemas.common import Channel, TopicCode, Wire, example
from shared.schemas.providers import Question


class HoldInput(Wire):
    """Keep a slot for somebody who is about to book it."""

    model_config = example(
        slot_id="AaIAL0J4d0eEf9wtKgaTiAGiAC9CV3Y4rs4xLrxZ96EBogAvQhV2t7J7ZCdGAaUEAAAeAAABx2lg", topic="e-services"
    )

    slot_id: SlotId
    topic: TopicCode
    minutes: int = Field(default=10, ge=1, le=30)


class Hold(Wire):
    """A time that is kept until `expires`, then free again by itself. `manage_token` is its key."""

    id: UUID
    state: AppointmentState
    start: AwareDatetime
    end: AwareDatetime
    tutor_id: UUID
    tutor_name: str
    offering_id: UUID
    topic: TopicCode
    channel: Channel
    place: VisitPlace | None
    languages: list[Language] = Field(default=[], description="in which the tutor helps")
    questions: list[Question] = Field(description="what is asked when it is booked")
    seat_beside: SlotId | None = Field(
        default=None, description="of a group visit with another seat free: the slot that books a second person into it"
    )
    expires: AwareDatetime | None
    manage_token: str

"""The waitlist: a wish, and its entry."""

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError

from shared.languages import Language
from shared.schemas.booking.appointments import Appointment, Citizen, KeptCitizen
from shared.schemas.booking.slots import PlaceName
from shared.schemas.common import Channel, Date, FeatureCode, Flag, MunicipalityCode, TopicCode, WallTime, Wire, example

WaitlistState = Literal["waiting", "offered", "booked", "ended"]


class WaitlistInput(Wire):
    """Wait for a time. What is given narrows the wish; with a remote channel, the municipality means its region."""

    model_config = example(
        topic="e-services",
        municipality="305",
        citizen={"name": "Aili Mäkelä", "phone": "040 685 404", "language": "fi"},
        until="2027-04-30",
    )

    topic: TopicCode
    municipality: MunicipalityCode
    neighbours: Flag = False
    service_point: UUID | None = None
    tutor: UUID | None = None
    channel: Channel | None = None
    language: Language | None = None
    feature: list[FeatureCode] = Field(default=[], max_length=10)
    weekday: list[Annotated[int, Field(ge=1, le=7)]] = Field(default=[], max_length=7)
    from_time: WallTime | None = None
    to_time: WallTime | None = None
    start: Date | None = Field(default=None, alias="from", description="not before this date")
    until: Date = Field(description="not after this date")
    citizen: Citizen

    @model_validator(mode="after")
    def _not_home(self) -> "WaitlistInput":
        if self.channel == "home":
            raise PydanticCustomError("not_waitable", "a visit at home cannot be waited for")
        return self


class WaitlistEntry(Wire):
    """Somebody's place on the waitlist. When a time is offered, it is kept for them until `offered_until`."""

    id: UUID
    state: WaitlistState
    topic: TopicCode
    municipality: MunicipalityCode | None = Field(
        default=None, description="with a remote channel, it means its region"
    )
    service_point_id: UUID | None = None
    place: PlaceName | None = Field(default=None, description="the service point in words")
    channel: Channel = "on_site"
    until: dt.date
    offered_until: AwareDatetime | None
    appointment: Appointment | None = None
    citizen: KeptCitizen | None = Field(default=None, description="who waits; erased when the entry is closed")
    manage_token: str | None = Field(default=None, description="the citizen's own key, in the answer to the request")


class EntryRecipient(Wire):
    """What `notify` needs to write to somebody who waits, asked for at the moment of sending."""

    state: WaitlistState
    until: dt.date
    manage_url: str
    language: Language
    phone: str | None
    email: str | None
    non_disclosure: bool = False

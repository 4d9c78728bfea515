"""Appointments: who comes, how they are shown, and what happened to them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from shared.languages import DEFAULT, Language
from shared.schemas.booking.slots import PlaceName
from shared.schemas.common import (
    Channel,
    Date,
    FeatureCode,
    Flag,
    LocalisedText,
    MunicipalityCode,
    ShortText,
    TopicCode,
    Wire,
)

AppointmentState = Literal["held", "lapsed", "booked", "displaced", "cancelled", "attended", "no_show"]

Result = Literal["solved", "partly", "handed_on"]

Device = Literal["phone", "tablet", "computer", "other", "none"]

MinutesHelped = Annotated[int, Field(ge=1, le=480)]

Actor = Literal["citizen", "tutor", "staff", "client"]


class Answer(Wire):
    """A question of the offering, and what the citizen said."""

    code: FeatureCode
    question: LocalisedText
    answer: str


class Citizen(Wire):
    """The person who comes. One way to reach them is enough; who has none says so, and may come to a place."""

    name: ShortText
    phone: ShortText | None = Field(default=None, examples=["040 685 404"])
    email: ShortText | None = None
    language: Language = DEFAULT
    non_disclosure: Flag = Field(
        default=False,
        description="non-disclosure for personal safety (*turvakielto*): no time, place or name in messages, no "
        "details in lists, a home address for the tutor on the day of the visit only, erased first",
    )

    unreachable: Flag = Field(
        default=False,
        description="they have neither a phone number nor an e-mail address: nobody can tell them of changes. For a "
        "visit at a place alone",
    )

    @model_validator(mode="after")
    def _reachable(self) -> "Citizen":
        if not (self.phone or self.email or self.unreachable):
            raise PydanticCustomError("contact", "a phone number or an e-mail address is needed, or that there is none")
        if self.unreachable and (self.phone or self.email):
            raise PydanticCustomError("not_unreachable", "there is a phone number or an e-mail address")
        return self


class KeptCitizen(Citizen):
    """The same as they are kept: what was taken before the rules of today is still shown."""

    name: str
    phone: str | None = None
    email: str | None = None


class VisitPlace(PlaceName):
    """Where a visit is, in words and on a map."""

    lat: float | None = Field(default=None, description="WGS 84")
    lon: float | None = Field(default=None, description="WGS 84")


class Appointment(Wire):
    """An appointment, as far as the one who asks may see it.

    `citizen`, `note` and `code_word` are for the citizen, their tutor, the tutor's service point and the one who
    booked; `manage_url` is the citizen's own key to it, for the citizen and the one who booked.
    """

    id: UUID
    state: AppointmentState
    sequence: int = Field(description="grows with every change; it is also the ETag that `If-Match` takes")
    start: AwareDatetime
    end: AwareDatetime
    channel: Channel
    topic: TopicCode
    region: str
    organisation_id: UUID
    offering_id: UUID
    tutor_id: UUID
    tutor_name: str
    service_point_id: UUID | None
    municipality: MunicipalityCode | None = Field(default=None, description="of a visit at home")
    place: VisitPlace | None
    languages: list[Language] = Field(default=[], description="in which the tutor helps")
    phone: str | None = Field(
        default=None, description="where a person answers: the service point's number, else the organisation's"
    )
    bring: LocalisedText | None
    expires: AwareDatetime | None = Field(
        default=None, description="of a booking that is `held` until it is verified: until when"
    )
    series_id: UUID | None = None
    result: Result | None = None
    manages_alone: bool | None = Field(default=None, description="can the citizen do it alone now?")
    minutes_helped: int | None = Field(default=None, description="how long the help took")
    device: Device | None = Field(default=None, description="with which device the citizen was helped")
    code_word: str | None = None
    non_disclosure: bool = Field(
        default=False, description="the citizen's details are in no list, only where one appointment is asked for"
    )
    manage_url: str | None = None
    citizen: KeptCitizen | None = None
    note: str | None = None
    answers: list[Answer] = Field(default=[], description="seen by those who see the note")
    address: str | None = Field(default=None, description="of a visit at home: the citizen and their tutor see it")


class DayList(BaseModel):
    """Which page of a day's list is asked for."""

    date: Date
    limit: int = Field(default=500, ge=1, le=500)
    after: Annotated[str | None, StringConstraints(max_length=100)] = Field(
        default=None, description="`next` of the page before"
    )


class Appointments(Wire):
    """A page of a day's appointments, in order of time."""

    items: list[Appointment]
    next: str | None = Field(default=None, description="where the next page begins; null on the last")


class ToCome(Wire):
    """An appointment that is still to come, without the citizen."""

    id: UUID
    start: AwareDatetime
    end: AwareDatetime


class AppointmentsToCome(Wire):
    """Up to a hundred of them, the next ones first."""

    items: list[ToCome]


class Step(Wire):
    """Something that happened to an appointment, and how many minutes before its start."""

    at: AwareDatetime
    step: str
    before: AppointmentState | None
    after: AppointmentState
    by: str
    reason: str | None
    minutes_before: int


class Steps(Wire):
    items: list[Step]

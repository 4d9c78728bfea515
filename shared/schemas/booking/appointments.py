"""Appointments: how they are made, how they are shown, and what happened to them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from shared.languages import DEFAULT, Language
from shared.schemas.booking.slots import PlaceName, SlotId
from shared.schemas.common import (
    Channel,
    Date,
    FeatureCode,
    Flag,
    LocalisedText,
    LongText,
    MunicipalityCode,
    ShortText,
    TopicCode,
    Wire,
    example,
)
from shared.schemas.providers import Question

AppointmentState = Literal["held", "lapsed", "booked", "displaced", "cancelled", "attended", "no_show"]

Result = Literal["solved", "partly", "handed_on"]

Actor = Literal["citizen", "tutor", "staff", "client"]

Answers = dict[FeatureCode, Annotated[LongText, StringConstraints(max_length=500)]]


class Answer(Wire):
    """A question of the offering, and what the citizen said."""

    code: FeatureCode
    question: LocalisedText
    answer: str


class Citizen(Wire):
    """The person who comes. One way to reach them is enough."""

    name: ShortText
    phone: ShortText | None = Field(default=None, examples=["040 685 404"])
    email: ShortText | None = None
    language: Language = DEFAULT
    non_disclosure: Flag = Field(
        default=False,
        description="non-disclosure for personal safety (*turvakielto*): no time, place or name in messages, no "
        "details in lists, a home address for the tutor on the day of the visit only, erased first",
    )

    @model_validator(mode="after")
    def _reachable(self) -> "Citizen":
        if not (self.phone or self.email):
            raise PydanticCustomError("contact", "a phone number or an e-mail address is needed")
        return self


class KeptCitizen(Citizen):
    """The same as they are kept: what was taken before the rules of today is still shown."""

    name: str
    phone: str | None = None
    email: str | None = None


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


class HoldInput(Wire):
    """Keep a slot for somebody who is about to book it."""

    model_config = example(
        slot_id="AaIAL0J4d0eEf9wtKgaTiAGiAC9CV3Y4rs4xLrxZ96EBogAvQhV2t7J7ZCdGAaUEAAAeAAABx2lg", topic="e-services"
    )

    slot_id: SlotId
    topic: TopicCode
    minutes: int = Field(default=10, ge=1, le=30)


class VerificationInput(Wire):
    """The code that the citizen was sent."""

    model_config = example(code="012345")

    code: ShortText


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
    questions: list[Question] = Field(description="what is asked when it is booked")
    expires: AwareDatetime | None
    manage_token: str


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


class FormerRecipient(Wire):
    """How somebody was reached whom somebody else has made reached otherwise: for `notify`, which tells them of it."""

    language: Language
    phone: str | None
    email: str | None


class Recipient(Wire):
    """What `notify` needs to write to the citizen of an appointment, asked for at the moment of sending."""

    appointment_id: UUID
    state: AppointmentState
    sequence: int = Field(description="grows with every change, as iCalendar's SEQUENCE (RFC 5546)")
    start: AwareDatetime
    end: AwareDatetime
    zone: str
    channel: Channel
    tutor_name: str
    place: PlaceName | None
    bring: LocalisedText | None
    non_disclosure: bool = Field(
        default=False,
        description="nothing may be said of when, where and with whom; tutor and place are left out",
    )
    expires: AwareDatetime | None = Field(
        default=None, description="of a time that is offered to somebody who waits, or is held until it is verified"
    )
    code: str | None = Field(default=None, description="verifies a time that is held")
    code_word: str
    manage_url: str
    language: Language
    phone: str | None
    email: str | None
    erased: bool = Field(default=False, description="these contacts are all that is left of the citizen")

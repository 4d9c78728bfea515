"""The wire of `booking`: time. Instants are RFC 3339 with an offset; rules are local wall time."""

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from shared.schemas.common import (
    Channel,
    Date,
    Instant,
    Language,
    LocalisedText,
    LongText,
    ShortText,
    TopicCode,
    WallTime,
    Wire,
    example,
)

AppointmentState = Literal["booked", "cancelled", "attended", "no_show"]
Result = Literal["solved", "partly", "handed_on"]
Actor = Literal["citizen", "tutor", "staff", "client"]


class PlaceName(Wire):
    """Where, in words."""

    name: LocalisedText
    address: str


class Slot(Wire):
    """A time that can be booked now. `id` says which; `place` and `tutor_name` come with `expand=true`."""

    id: str
    start: AwareDatetime
    end: AwareDatetime
    offering_id: UUID
    tutor_id: UUID
    service_point_id: UUID | None
    channel: Channel


class ExpandedSlot(Slot):
    """A slot with the names that a page shows."""

    place: PlaceName | None
    tutor_name: str


class Slots(Wire):
    """Slots, earliest first; `next` goes into `after` for the following page."""

    items: list[Slot] | list[ExpandedSlot]
    next: str | None = None


class Citizen(Wire):
    """The person who comes. One way to reach them is enough."""

    name: ShortText
    phone: ShortText | None = Field(default=None, examples=["040 685 404"])
    email: ShortText | None = None
    language: Language = "fi"

    @model_validator(mode="after")
    def _reachable(self) -> "Citizen":
        if not (self.phone or self.email):
            raise ValueError("a phone number or an e-mail address is needed")
        return self


class AppointmentInput(Wire):
    """Book a slot for a citizen."""

    model_config = example(
        slot_id="AaIAL0J4d0eEf9wtKgaTiAGiAC9CV3Y4rs4xLrxZ96EBogAvQhV2t7J7ZCdGAaUEAAHImWA",
        citizen={"name": "Aili Mäkelä", "phone": "040 685 404", "language": "fi"},
        topic="e-services",
        note="Kelan hakemus",
    )

    slot_id: Annotated[str, StringConstraints(max_length=200)]
    citizen: Citizen
    topic: TopicCode
    note: LongText | None = Field(default=None, description="what the helper should know; no codes or passwords")


class Appointment(Wire):
    """An appointment, as far as the one who asks may see it.

    `citizen`, `note` and `code_word` are for the citizen, their helper, the helper's service point and the one who
    booked; `manage_url` is the citizen's own key to it, for the citizen and the one who booked.
    """

    id: UUID
    state: AppointmentState
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
    place: PlaceName | None
    bring: LocalisedText | None
    result: Result | None = None
    code_word: str | None = None
    manage_url: str | None = None
    citizen: Citizen | None = None
    note: str | None = None


class Appointments(Wire):
    """A day's appointments, in order of time."""

    items: list[Appointment]


class RescheduleInput(Wire):
    """Move an appointment to another slot."""

    model_config = example(slot_id="AaIAL0J4d0eEf9wtKgaTiAGiAC9CV3Y4rs4xLrxZ96EBogAvQhV2t7J7ZCdGAaUEAAHImW8")

    slot_id: Annotated[str, StringConstraints(max_length=200)]


class OutcomeInput(Wire):
    """How the visit ended. `result` is needed exactly when the citizen came."""

    model_config = example(attended=True, result="solved", manages_alone=True)

    attended: bool
    result: Result | None = None
    manages_alone: bool | None = Field(default=None, description="can the citizen do it alone now?")

    @model_validator(mode="after")
    def _consistent(self) -> "OutcomeInput":
        if self.attended != (self.result is not None):
            raise ValueError("give a result when the citizen came, and none when not")
        return self


class AvailabilityInput(Wire):
    """Weekly hours in local wall time, at a service point or, without one, remotely.

    With `to` at or before `from`, the hours run past midnight and belong to the day on which they start.
    """

    model_config = example(
        **{
            "service_point_id": "01a2002f-4215-76b7-b27b-64274601a504",
            "weekday": 2,
            "from": "10:00",
            "to": "14:00",
        }
    )

    tutor_id: UUID | None = Field(default=None, description="a tutor leaves it out: it is themself")
    service_point_id: UUID | None = None
    channels: list[Channel] | None = Field(
        default=None,
        min_length=1,
        description="at a service point on_site, elsewhere phone and video, which are also the defaults",
    )
    weekday: int = Field(ge=1, le=7, description="1 is Monday, as in ISO 8601")
    opens: WallTime = Field(alias="from", examples=["10:00"])
    closes: WallTime = Field(alias="to", examples=["14:00"])
    valid_from: Date | None = None
    valid_until: Date | None = None

    @model_validator(mode="after")
    def _consistent(self) -> "AvailabilityInput":
        if self.opens == self.closes:
            raise ValueError("'from' and 'to' must differ")
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("'valid_until' must not be before 'valid_from'")
        possible: set[Channel] = {"on_site"} if self.service_point_id else {"phone", "video"}
        if not set(self.channels or []) <= possible:
            raise ValueError("on_site needs a service point; phone and video have none")
        return self


class Availability(Wire):
    """A tutor's weekly hours."""

    id: UUID
    tutor_id: UUID
    service_point_id: UUID | None
    place: PlaceName | None = None
    channels: list[Channel]
    weekday: int
    opens: dt.time = Field(alias="from")
    closes: dt.time = Field(alias="to")
    zone: str
    valid_from: dt.date | None
    valid_until: dt.date | None


class Availabilities(Wire):
    items: list[Availability]


class AbsenceInput(Wire):
    """Away. Dates are whole local days, the last one included; date-times are instants."""

    model_config = example(**{"from": "2027-07-01", "until": "2027-07-31"})

    tutor_id: UUID | None = Field(default=None, description="a tutor leaves it out: it is themself")
    start: Instant | Date = Field(alias="from", examples=["2027-07-01"])
    end: Instant | Date = Field(alias="until", examples=["2027-07-31"])


class Absence(Wire):
    """Time away, `[from, until)`, and the appointments that already stand in it: they are kept until somebody acts."""

    id: UUID
    tutor_id: UUID
    start: AwareDatetime = Field(alias="from")
    end: AwareDatetime = Field(alias="until")
    appointments: list[UUID] = Field(default=[])


class Absences(Wire):
    items: list[Absence]


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
    code_word: str
    manage_url: str
    language: Language
    phone: str | None
    email: str | None

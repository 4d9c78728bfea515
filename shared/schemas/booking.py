"""The wire of `booking`: time. Instants are RFC 3339 with an offset; rules are local wall time."""

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AliasChoices,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from shared.languages import DEFAULT, Language
from shared.schemas.common import (
    Channel,
    Date,
    FeatureCode,
    Instant,
    LocalisedText,
    LongText,
    MunicipalityCode,
    RegionCode,
    ShortText,
    TopicCode,
    WallTime,
    Wire,
    example,
)
from shared.schemas.providers import Question

AppointmentState = Literal["held", "lapsed", "booked", "displaced", "cancelled", "attended", "no_show"]
Result = Literal["solved", "partly", "handed_on"]
Actor = Literal["citizen", "tutor", "staff", "client"]
WaitlistState = Literal["waiting", "offered", "booked", "ended"]


def _reason_today(value: object) -> object:
    return "tutor_away" if value == "helper_away" else value  # its former name


Reason = Annotated[
    Literal["ill", "not_needed", "another_time", "tutor_away", "place_closed", "other"], BeforeValidator(_reason_today)
]
SlotId = Annotated[str, StringConstraints(max_length=200)]
Standing = Literal["keep", "reassign", "offer"]


class PlaceName(Wire):
    """Where, in words."""

    name: LocalisedText
    address: str


class SlotQuery(BaseModel):
    """What somebody looks for. All parts narrow the search; none is needed. Of the areas, the first given counts: a
    service point, a circle, a municipality (with its neighbours), a sub-region, a region; none means everywhere."""

    model_config = ConfigDict(extra="forbid")

    topic: TopicCode | None = None
    offering: UUID | None = None
    service_point: UUID | None = None
    near: Annotated[str | None, Field(pattern=r"^-?\d{1,2}(\.\d+)?,-?\d{1,3}(\.\d+)?$")] = Field(
        default=None, description="latitude,longitude (WGS 84)", examples=["65.9646,29.1887"]
    )
    radius: float = Field(default=30, gt=0, le=500, description="kilometres around `near`")
    municipality: MunicipalityCode | None = Field(
        default=None, description="help in it; with `channel=phone` or `video`, tutors of its region"
    )
    neighbours: bool = Field(default=False, description="the municipality's neighbours, too")
    sub_region: Annotated[str | None, StringConstraints(pattern=r"^[0-9]{3}$")] = None
    region: RegionCode | None = None
    tutor: UUID | None = None
    channel: Channel | None = None
    language: Language | None = None
    feature: list[FeatureCode] = Field(
        default=[], max_length=10, description="what the place must have: wheelchair, hearing-loop, quiet-room, ..."
    )
    duration: int | None = Field(default=None, ge=5, le=480, description="minutes")
    weekday: list[Annotated[int, Field(ge=1, le=7)]] = Field(default=[], max_length=7, description="1 is Monday")
    from_time: WallTime | None = Field(default=None, description="starts at or after this time of the day")
    to_time: WallTime | None = Field(default=None, description="starts before this time of the day")
    drop_in: bool | None = Field(default=None, description="only drop-in windows, or none; by default both kinds")


class SlotSearch(SlotQuery):
    """The search for the earliest times."""

    start: Instant | None = Field(default=None, alias="from", description="by default now")
    end: Instant | None = Field(default=None, alias="to")
    tutors: Literal["each", "any"] = Field(
        default="each",
        validation_alias=AliasChoices("tutors", "helper"),
        description="`any`: one slot for a time and place, whoever gives it; the fairest choice is ours",
    )
    limit: int = Field(default=20, ge=1, le=100)
    after: Annotated[str | None, StringConstraints(max_length=600)] = Field(
        default=None, description="`next` of the page before"
    )
    expand: bool = Field(default=False, description="add the names of places and tutors")


class PlaceSearch(SlotQuery):
    """The search for the next time of each place."""

    limit: int = Field(default=50, ge=1, le=500)


class DaySearch(SlotQuery):
    """The search for days that have room."""

    month: Annotated[str, StringConstraints(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")] = Field(examples=["2027-03"])


class Slot(Wire):
    """A time that can be booked now, or a drop-in window, which has no id since nobody books it. `id` says which time;
    without a `tutor_id` it is whoever is fairest. `place` and `tutor_name` come with `expand=true`."""

    id: str | None
    start: AwareDatetime
    end: AwareDatetime
    offering_id: UUID | None
    tutor_id: UUID | None
    service_point_id: UUID | None
    municipality: MunicipalityCode | None
    channel: Channel
    drop_in: bool = False
    seats_left: int | None = Field(default=None, description="seats of a group visit that are not booked")


class ExpandedSlot(Slot):
    """A slot with the names that a page shows."""

    place: PlaceName | None
    tutor_name: str


class Nearest(Wire):
    """The nearest place that has time."""

    slot: ExpandedSlot
    km: int | None = Field(description="from the middle of what was searched, as the crow flies")


class Otherwise(Wire):
    """What there is when nothing was found: help nearby, from afar or without booking; else the waitlist."""

    nearest: Nearest | None = None
    remote: ExpandedSlot | None = None
    drop_in: ExpandedSlot | None = None


class Slots(Wire):
    """Slots, earliest first; `next` goes into `after` for the following page."""

    items: list[Slot] | list[ExpandedSlot]
    next: str | None = None
    questions: dict[UUID, list[Question]] = Field(
        default={}, description="with `expand=true`: what the offerings of these slots ask, by their ids"
    )
    otherwise: Otherwise | None = Field(default=None, description="when there are none at all")


class Days(Wire):
    """The local dates on which something is free."""

    days: list[dt.date]


class PlaceTime(Wire):
    """A service point and its next free time."""

    service_point_id: UUID
    place: PlaceName | None
    km: float | None = None
    slot: Slot


class PlaceTimes(Wire):
    """Service points with their next free time, the soonest first; around a point, the nearest first."""

    items: list[PlaceTime]


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

    @model_validator(mode="after")
    def _reachable(self) -> "Citizen":
        if not (self.phone or self.email):
            raise PydanticCustomError("contact", "a phone number or an e-mail address is needed")
        return self


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
    place: PlaceName | None
    bring: LocalisedText | None
    series_id: UUID | None = None
    result: Result | None = None
    code_word: str | None = None
    manage_url: str | None = None
    citizen: Citizen | None = None
    note: str | None = None
    answers: list[Answer] = Field(default=[], description="seen by those who see the note")
    address: str | None = Field(default=None, description="of a visit at home: the citizen and their tutor see it")


class Appointments(Wire):
    """A day's appointments, in order of time."""

    items: list[Appointment]


class ToCome(Wire):
    """An appointment that is still to come, without the citizen."""

    id: UUID
    start: AwareDatetime
    end: AwareDatetime


class AppointmentsToCome(Wire):
    """Up to a hundred of them, the next ones first."""

    items: list[ToCome]


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
    neighbours: bool = False
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
    until: dt.date
    offered_until: AwareDatetime | None
    appointment: Appointment | None = None
    manage_token: str | None = Field(default=None, description="the citizen's own key, in the answer to the request")


class OutcomeInput(Wire):
    """How the visit ended. `result` is needed exactly when the citizen came."""

    model_config = example(attended=True, result="solved", manages_alone=True)

    attended: bool
    result: Result | None = None
    manages_alone: bool | None = Field(default=None, description="can the citizen do it alone now?")

    @model_validator(mode="after")
    def _consistent(self) -> "OutcomeInput":
        if self.attended != (self.result is not None):
            raise PydanticCustomError("result", "give a result when the citizen came, and none when not")
        return self


class WhereAndHow(Wire):
    """What open time is for: a service point, homes, or help from afar; by default for every offering."""

    service_point_id: UUID | None = None
    channels: list[Channel] | None = Field(
        default=None,
        min_length=1,
        description="at a service point on_site; elsewhere home, or phone and video, which are the defaults",
    )
    offerings: list[UUID] | None = Field(default=None, min_length=1, max_length=50, description="only for these")

    @model_validator(mode="after")
    def _possible(self) -> "WhereAndHow":
        possible: set[Channel] = {"on_site"} if self.service_point_id else {"phone", "video", "home"}
        if not set(self.channels or []) <= possible:
            raise PydanticCustomError(
                "place_and_channel", "on_site needs a service point; phone, video and home have none"
            )
        return self


class AvailabilityInput(WhereAndHow):
    """Weekly hours in local wall time, at a service point, at homes or, without either, remotely.

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
    weekday: int = Field(ge=1, le=7, description="1 is Monday, as in ISO 8601")
    opens: WallTime = Field(alias="from", examples=["10:00"])
    closes: WallTime = Field(alias="to", examples=["14:00"])
    every_weeks: int = Field(default=1, ge=1, le=52, description="2 is every other week, counted from the first")
    valid_from: Date | None = Field(default=None, description="by default today")
    valid_until: Date | None = None

    @model_validator(mode="after")
    def _consistent(self) -> "AvailabilityInput":
        if self.opens == self.closes:
            raise PydanticCustomError("same_time", "'from' and 'to' must differ")
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise PydanticCustomError("until", "'valid_until' must not be before 'valid_from'")
        return self


class Availability(Wire):
    """A tutor's weekly hours. `recurrence` says the same as an RFC 5545 rule that begins on `valid_from`."""

    id: UUID
    tutor_id: UUID
    service_point_id: UUID | None
    place: PlaceName | None = None
    channels: list[Channel]
    offerings: list[UUID] | None = None
    weekday: int
    opens: dt.time = Field(alias="from")
    closes: dt.time = Field(alias="to")
    zone: str
    every_weeks: int
    valid_from: dt.date
    valid_until: dt.date | None
    recurrence: str
    version: int = Field(description="grows with every change; it is also the ETag that `If-Match` takes")


class Availabilities(Wire):
    items: list[Availability]


class ExtraTimeInput(WhereAndHow):
    """Open on one occasion."""

    model_config = example(
        **{
            "service_point_id": "01a2002f-4215-76b7-b27b-64274601a504",
            "from": "2027-03-06T10:00:00+02:00",
            "until": "2027-03-06T14:00:00+02:00",
        }
    )

    tutor_id: UUID | None = Field(default=None, description="a tutor leaves it out: it is themself")
    start: Instant = Field(alias="from")
    end: Instant = Field(alias="until")


class ExtraTime(Wire):
    """Open time on one occasion."""

    id: UUID
    tutor_id: UUID
    service_point_id: UUID | None
    place: PlaceName | None = None
    channels: list[Channel]
    offerings: list[UUID] | None = None
    start: AwareDatetime = Field(alias="from")
    end: AwareDatetime = Field(alias="until")


class ExtraTimes(Wire):
    items: list[ExtraTime]


class AwayInput(Wire):
    """Dates are whole local days, the last one included; date-times are instants."""

    start: Instant | Date = Field(alias="from", examples=["2027-07-01"])
    end: Instant | Date = Field(alias="until", examples=["2027-07-31"])
    appointments: Standing | None = Field(
        default=None,
        description="what becomes of appointments that stand in it: keep them, find another tutor for the same time "
        "(else offer new times), or offer new times. Without it nothing is saved when there are some",
    )


class AbsenceInput(AwayInput):
    """A tutor is away."""

    model_config = example(**{"from": "2027-07-01", "until": "2027-07-31"})

    tutor_id: UUID | None = Field(default=None, description="a tutor leaves it out: it is themself")


class Absence(Wire):
    """Time away, `[from, until)`, and the appointments that stand in it all the same."""

    id: UUID
    tutor_id: UUID
    start: AwareDatetime = Field(alias="from")
    end: AwareDatetime = Field(alias="until")
    appointments: list[UUID] = Field(default=[])


class Absences(Wire):
    items: list[Absence]


class ClosingInput(AwayInput):
    """A service point is shut, whatever its hours say."""

    model_config = example(
        **{
            "service_point_id": "01a2002f-4215-76b7-b27b-64274601a504",
            "from": "2027-03-10T12:00:00+02:00",
            "until": "2027-03-10T16:00:00+02:00",
        }
    )

    service_point_id: UUID


class Closing(Wire):
    """Time when a service point is shut, `[from, until)`."""

    id: UUID
    service_point_id: UUID
    start: AwareDatetime = Field(alias="from")
    end: AwareDatetime = Field(alias="until")


class Closings(Wire):
    items: list[Closing]


class TutorTime(Wire):
    """How a tutor's week is read: the zone of their wall clock, and whose public holidays they keep."""

    model_config = example(zone="Europe/Helsinki", holidays="FI")

    zone: str = Field(max_length=64, examples=["Europe/Helsinki"], description="an IANA time zone")
    holidays: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = Field(
        description="ISO 3166 code of the country whose public holidays are closed; null for none"
    )


class ExternalCalendarInput(Wire):
    """The address of a tutor's external calendar (iCalendar, RFC 5545). It is a secret, and never shown again."""

    model_config = example(url="https://calendar.example.fi/private-f3a9/basic.ics")

    url: Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=2000)]


class ExternalCalendar(Wire):
    """How reading a tutor's external calendar goes. While it fails, what was last known stays."""

    host: str
    checked_at: AwareDatetime | None
    fresh_at: AwareDatetime | None = Field(description="when it was last read without trouble")
    failing_since: AwareDatetime | None
    failure: str | None


class MyTime(Wire):
    """All that booking holds of a tutor (GDPR, article 15); who came is the citizens' own."""

    availability: list[Availability]
    extra_time: list[ExtraTime]
    absences: list[Absence]
    time: TutorTime
    calendar: ExternalCalendar | None
    appointments: list[ToCome] = Field(description="with them, past and to come, the latest thousand")


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
    expires: AwareDatetime | None = Field(default=None, description="of a time that is offered to somebody who waits")
    code_word: str
    manage_url: str
    language: Language
    phone: str | None
    email: str | None

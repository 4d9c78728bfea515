"""The wire of the registry in `providers`: who helps, where and with what."""

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AliasChoices, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from shared.languages import DEFAULT, Language
from shared.schemas.common import (
    Channel,
    Date,
    Email,
    FeatureCode,
    LocalisedText,
    MunicipalityCode,
    RegionCode,
    ShortText,
    TopicCode,
    WallTime,
    WebAddress,
    Wire,
    example,
)

OrganisationKind = Literal[
    "municipality",
    "joint_service_point",
    "library",
    "education",
    "state_authority",
    "wellbeing_county",
    "association",
    "parish",
    "council",
    "project",
    "company",
    "volunteer_group",
]
Status = Literal["planned", "active", "ended"]
OrganisationStatus = Literal["proposed", "planned", "active", "ended"]
Mandate = Literal["statutory", "general"]
Publishing = Literal["draft", "published", "withdrawn"]
TutorKind = Literal["volunteer", "professional"]
HoursKind = Literal["staffed", "self_service"]


class Municipality(Wire):
    """A municipality of 2026 by its national three-digit code, with its region."""

    code: MunicipalityCode
    name: LocalisedText
    region: RegionCode
    region_name: LocalisedText
    languages: list[str]
    lat: float | None
    lon: float | None
    sub_region: str = Field(default="", description="code of the sub-region (seutukunta)")
    sub_region_name: str = ""
    neighbours: list[MunicipalityCode] = Field(
        default=[], description="those that lie beside it, worked out from the municipalities' centres"
    )
    version: int = Field(default=1, description="counts its changes; the ETag")


class FormerMunicipality(Wire):
    """A municipality that is part of another now."""

    code: MunicipalityCode
    name: LocalisedText
    merged_into: MunicipalityCode
    merged_on: Date


class MunicipalityInput(Wire):
    """What a municipality is called."""

    name: LocalisedText


Synonym = Annotated[ShortText, StringConstraints(max_length=60)]


class Synonyms(Wire):
    """What people say when they mean a topic, in each page language."""

    fi: list[Synonym] = Field(default=[], max_length=50)
    sv: list[Synonym] = Field(default=[], max_length=50)
    en: list[Synonym] = Field(default=[], max_length=50)


class TopicInput(Wire):
    """What a topic is called, as a citizen would say it. One with a `parent` is a finer word for it, by which people
    find it; what is booked is the parent."""

    name: LocalisedText
    rank: int = Field(default=100, ge=0, le=1000, description="its place in lists for people, lowest first")
    parent: TopicCode | None = None
    synonyms: Synonyms = Synonyms()
    ptv_class: str | None = Field(
        default=None, pattern=r"^P\d{1,2}(\.\d{1,2})?$", description="class of the national service catalogue (PTV)"
    )


class Topic(TopicInput):
    """What the trouble can be with."""

    code: TopicCode
    version: int = Field(default=1, description="counts its changes; the ETag")


class OrganisationInput(Wire):
    """An organisation as an editor writes it. Its region follows from its municipality."""

    model_config = example(
        name={"fi": "Kuusamon kaupunki", "sv": "Kuusamo stad"}, kind="municipality", municipality="305"
    )

    name: LocalisedText
    kind: OrganisationKind
    municipality: MunicipalityCode
    business_id: str | None = Field(
        default=None, pattern=r"^\d{7}-\d$", description="Finnish business ID (Y-tunnus)", examples=["0208852-8"]
    )
    mandate: Mandate = Field(
        default="general", description="`statutory`: an authority that must guide in its own e-services"
    )
    email: Email | None = None
    phone: ShortText | None = None
    url: WebAddress | None = None
    status: OrganisationStatus = "active"
    retention_days: int = Field(
        default=90, ge=1, le=3650, description="a citizen's details are erased so long after the visit"
    )


class Organisation(OrganisationInput):
    """Somebody who gives support: a municipality, a library, an association."""

    email: str | None = None  # what was taken before the rules of today is still shown
    id: UUID
    region: RegionCode
    version: int = Field(default=1, description="counts its changes; the ETag")


class WallInterval(Wire):
    """A stretch of a day in local wall time. With `to` at or before `from`, it runs past midnight."""

    opens: WallTime = Field(alias="from", examples=["12:00"])
    closes: WallTime = Field(alias="to", examples=["12:30"])

    @model_validator(mode="after")
    def _has_length(self) -> "WallInterval":
        if self.opens == self.closes:
            raise PydanticCustomError("same_time", "'from' and 'to' must differ")
        return self


class DropIn(WallInterval):
    """When anybody may come without booking, every week."""

    weekday: int = Field(ge=1, le=7, description="1 is Monday, as in ISO 8601")
    topics: list[TopicCode] = Field(min_length=1)
    languages: list[Language] = Field(default=[DEFAULT], min_length=1)


class Hours(Wire):
    """An interval of a service point's day, in local wall time. Only staffed time can carry help."""

    opens: WallTime = Field(alias="from")
    closes: WallTime = Field(alias="to", description="00:00 means the end of the day")
    kind: HoursKind = "staffed"

    @model_validator(mode="after")
    def _forward(self) -> "Hours":
        if self.closes != dt.time(0) and self.closes <= self.opens:
            raise PydanticCustomError("until", "'to' must be after 'from'")
        return self


class WeeklyHours(Hours):
    """Hours of a service point's ordinary week. What is said of a date counts before it."""

    weekday: int = Field(ge=1, le=7, description="1 is Monday, as in ISO 8601")


class ServicePointInput(Wire):
    """A service point as an editor writes it."""

    model_config = example(
        organisation_id="01a2002f-41ff-7cc7-95b8-a492469562d1",
        name={"fi": "Kuusamon kirjasto"},
        address="Kirjastotie 1, 93600 Kuusamo",
        municipality="305",
        lat=65.96,
        lon=29.19,
    )

    organisation_id: UUID
    name: LocalisedText
    address: ShortText
    municipality: MunicipalityCode
    lat: float | None = Field(default=None, ge=59, le=71, description="WGS 84; inside Finland")
    lon: float | None = Field(default=None, ge=19, le=32, description="WGS 84; inside Finland")
    description: LocalisedText | None = None
    not_done: LocalisedText | None = Field(default=None, description="what is *not* done there, such as repairs")
    phone: ShortText | None = None
    email: Email | None = None
    url: WebAddress | None = None
    channels: list[Channel] = Field(default=["on_site"], min_length=1)
    languages: list[Language] = Field(default=[DEFAULT], min_length=1)
    features: list[FeatureCode] = Field(
        default=[], max_length=50, description="what a person may need: wheelchair, hearing-loop, quiet-room, ..."
    )
    equipment: dict[FeatureCode, Annotated[int, Field(ge=1, le=100)]] = Field(
        default={}, description="rooms and loan devices that an offering can need, and how many there are"
    )
    weekly_hours: list[WeeklyHours] = Field(default=[], max_length=50, description="an ordinary week")
    drop_in: list[DropIn] = Field(default=[], max_length=100)
    status: Status = "active"
    publishing: Publishing = Field(default="published", description="only what is published is shown and booked")


class OpeningDay(Wire):
    """What is known of a service point's hours on a date. No hours: it is known to be closed."""

    date: Date
    hours: list[Hours] = Field(max_length=48)


class ServicePoint(ServicePointInput):
    """A place where help is given."""

    email: str | None = None  # what was taken before the rules of today is still shown
    id: UUID
    region: RegionCode
    version: int = Field(default=1, description="counts its changes; the ETag")


class FoundServicePoint(ServicePoint):
    """A service point in a list."""

    km: float | None = Field(default=None, description="kilometres from `near`")


class ServicePointSearch(Wire):
    """Which service points somebody looks for; all parts narrow the search."""

    q: Annotated[str | None, StringConstraints(strip_whitespace=True, max_length=200)] = Field(
        default=None, description="what a person types: a trouble, a place, a name, in any form", examples=["puhelimen"]
    )
    near: Annotated[str | None, Field(pattern=r"^-?\d{1,2}(\.\d+)?,-?\d{1,3}(\.\d+)?$")] = Field(
        default=None, description="latitude,longitude (WGS 84); the nearest come first", examples=["65.9646,29.1887"]
    )
    radius: float = Field(default=30, gt=0, le=1500, description="kilometres around `near`")
    region: RegionCode | None = None
    municipality: MunicipalityCode | None = None
    organisation: UUID | None = None
    topic: TopicCode | None = None
    channel: Channel | None = None
    language: Language | None = None
    feature: list[FeatureCode] = Field(default=[], max_length=10)
    limit: int = Field(default=100, ge=1, le=500)
    after: Annotated[str | None, StringConstraints(max_length=200)] = Field(
        default=None, description="`next` of the page before"
    )


class Disagreement(Wire):
    """A field of a service point of which the registry (`vuoro`) and its sources say different things."""

    service_point_id: UUID
    name: LocalisedText
    field: str = Field(examples=["gives_support"])
    says: dict[str, object] = Field(examples=[{"vuoro": True, "kirkanta": False, "ptv": True}])


class Completeness(Wire):
    """How much of what a citizen needs is known of a service point."""

    score: int = Field(ge=0, le=100)
    missing: list[str] = Field(description="names of fields, what matters most first")


class Training(Wire):
    """A course that a tutor has taken."""

    name: ShortText
    on: Date


class TutorInput(Wire):
    """A tutor as an editor writes them. The contact is for signing in, and is never shown."""

    model_config = example(
        organisation_id="01a2002f-41ff-7cc7-95b8-a492469562d1",
        display_name="Aino",
        email="aino@example.fi",
        languages=["fi", "sv"],
        topics=["e-services", "smart-devices"],
        channels=["on_site", "phone"],
    )

    organisation_id: UUID
    other_organisations: list[UUID] = Field(default=[], max_length=20, description="for whom they help as well")
    kind: TutorKind = "volunteer"
    display_name: ShortText = Field(description="the name that they have agreed to show, such as the first name alone")
    full_name: ShortText | None = Field(default=None, description="for the organisation only; never shown")
    email: Email | None = None
    phone: ShortText | None = None
    languages: list[Language] = Field(min_length=1)
    topics: list[TopicCode] = Field(min_length=1)
    channels: list[Channel] = Field(min_length=1)
    home_municipalities: list[MunicipalityCode] = Field(
        default=[], max_length=310, description="where the tutor goes to people's homes"
    )
    training: list[Training] = Field(default=[], max_length=50)
    guidelines_accepted_on: Date | None = Field(
        default=None, description="when they promised to follow the ethical guidelines; shown as a badge"
    )
    active_from: Date | None = Field(default=None, description="the first date on which they help")
    active_until: Date | None = Field(default=None, description="the last date on which they help")
    status: Status = "active"

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> "TutorInput":
        if self.active_from and self.active_until and self.active_until < self.active_from:
            raise PydanticCustomError("until", "'active_until' must not be before 'active_from'")
        return self


class Tutor(Wire):
    """Somebody who helps, by the name that they have agreed to show."""

    id: UUID
    organisation_id: UUID
    region: RegionCode
    display_name: ShortText
    languages: list[Language]
    topics: list[TopicCode]
    channels: list[Channel]
    home_municipalities: list[MunicipalityCode] = Field(default=[])
    kind: TutorKind = "volunteer"
    other_organisations: list[UUID] = Field(default=[])
    guidelines_accepted_on: Date | None = None
    active_from: Date | None = None
    active_until: Date | None = None
    status: Status
    version: int = Field(default=1, description="counts its changes; the ETag")


class TutorDetails(Tutor):
    """A tutor as their editors see them."""

    full_name: ShortText | None
    training: list[Training]


class Question(Wire):
    """What an offering asks the citizen when they book, so that the tutor can prepare."""

    code: FeatureCode = Field(examples=["own-device"])
    text: LocalisedText
    needed: bool = Field(
        default=False,
        description="whether nobody can book without answering; who takes a time from the waitlist is not asked",
    )


class OfferingInput(Wire):
    """An offering as an editor writes it. All lengths are minutes of real time."""

    model_config = example(
        organisation_id="01a2002f-41ff-7cc7-95b8-a492469562d1",
        name={"fi": "Digituki, 30 minuuttia"},
        topics=["e-services", "smart-devices"],
        channels=["on_site", "phone"],
        duration_minutes=30,
        bring={"fi": "Laite, jota asia koskee, ja laturi."},
    )

    organisation_id: UUID
    name: LocalisedText
    topics: list[TopicCode] = Field(min_length=1)
    channels: list[Channel] = Field(min_length=1)
    duration_minutes: int = Field(default=30, ge=5, le=480)
    other_durations_minutes: list[Annotated[int, Field(ge=5, le=480)]] = Field(
        default=[], max_length=5, description="other lengths that can be chosen"
    )
    buffer_before_minutes: int = Field(default=0, ge=0, le=240)
    buffer_after_minutes: int = Field(default=0, ge=0, le=240)
    grid_minutes: int = Field(default=15, ge=5, le=240, description="starts stand on this grid from local midnight")
    notice_minutes: int = Field(default=60, ge=0, le=20160)
    horizon_days: int = Field(default=56, ge=1, le=366)
    most_per_day: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="not offered on dates when the tutor has so many visits, of any kind",
    )
    most_per_week: int | None = Field(default=None, ge=1, le=500, description="likewise in an ISO week")
    breaks: list[WallInterval] = Field(default=[], max_length=10, description="when it is not given, on any day")
    capacity: int = Field(default=1, ge=1, le=500, description="seats; more than one makes it a group visit")
    tutors: int = Field(
        default=1, ge=1, le=10, validation_alias=AliasChoices("tutors", "helpers"), description="tutors at one visit"
    )
    needs: list[FeatureCode] = Field(
        default=[], max_length=5, description="equipment of the service point that each visit takes one of"
    )
    description: LocalisedText | None = None
    for_whom: LocalisedText | None = Field(default=None, description="who is eligible, when not everybody is")
    bring: LocalisedText | None = Field(default=None, description="what the citizen should bring")
    safety_promise: LocalisedText | None = Field(
        default=None, description="how the citizen is kept safe, such as: you sign in yourself"
    )
    questions: list[Question] = Field(default=[], max_length=5)
    status: Status = "active"

    @model_validator(mode="after")
    def _asks_each_once(self) -> "OfferingInput":
        codes = [question.code for question in self.questions]
        if len(set(codes)) < len(codes):
            raise PydanticCustomError("question_codes", "each question needs a code of its own")
        return self


class Offering(OfferingInput):
    """A kind of help that an organisation's tutors give."""

    id: UUID
    region: RegionCode
    version: int = Field(default=1, description="counts its changes; the ETag")


class Page(Wire):
    """A page of a list; `next` goes into `after` for the following one."""

    next: str | None = None


class Organisations(Page):
    items: list[Organisation]


class Understood(Wire):
    """How the words of a search were read: what it looks for, and the words that are left."""

    topics: list[TopicCode] = Field(default=[])
    municipality: MunicipalityCode | None = None
    words: list[str] = Field(default=[])


class ServicePoints(Page):
    items: list[FoundServicePoint]
    understood: Understood | None = None


class OpenData(Wire):
    """The whole public catalogue."""

    licence: str = Field(description="the licence under which it may be used by anybody")
    items: list[ServicePoint]


class Reconciliation(Page):
    items: list[Disagreement]


class Tutors(Page):
    items: list[Tutor]


class Offerings(Page):
    items: list[Offering]


class Topics(Page):
    items: list[Topic]


class FormerMunicipalities(Page):
    items: list[FormerMunicipality]


class Municipalities(Page):
    items: list[Municipality]


class OpeningDays(Page):
    items: list[OpeningDay]

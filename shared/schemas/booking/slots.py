"""What is searched for, and the slots that are found."""

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.languages import Language
from shared.schemas.common import (
    Channel,
    FeatureCode,
    Instant,
    LocalisedText,
    MunicipalityCode,
    Near,
    RegionCode,
    TopicCode,
    WallTime,
    Wire,
)
from shared.schemas.providers import Question

SlotId = Annotated[str, StringConstraints(max_length=200)]


class PlaceName(Wire):
    """Where, in words."""

    name: LocalisedText
    address: str
    address_sv: str | None = Field(default=None, description="the address in Swedish, where it is another")


class SlotQuery(BaseModel):
    """What somebody looks for. All parts narrow the search; none is needed. Of the areas, the first given counts: a
    service point, a circle, a municipality (with its neighbours), a sub-region, a region; none means everywhere."""

    model_config = ConfigDict(extra="forbid")

    topic: TopicCode | None = None
    offering: UUID | None = None
    organisation: UUID | None = Field(default=None, description="only what it offers")
    service_point: UUID | None = None
    near: Near | None = Field(default=None, description="latitude,longitude (WGS 84)", examples=["65.9646,29.1887"])
    radius: float = Field(default=30, gt=0, le=500, description="kilometres around `near`")
    municipality: MunicipalityCode | None = Field(
        default=None, description="help in it; with `channel=phone` or `video`, tutors of its region"
    )
    neighbours: bool = Field(default=False, description="the municipality's neighbours, too")
    sub_region: Annotated[str | None, StringConstraints(pattern=r"^[0-9]{3}$", max_length=3)] = None
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


class AgendaSearch(SlotQuery):
    """The search for some times of each of the next days that have room."""

    start: Instant | None = Field(default=None, alias="from", description="by default now")
    days: int = Field(default=10, ge=1, le=14, description="how many days")
    most: int = Field(default=6, ge=1, le=12, description="how many times of each half of a day")


class PlaceSearch(SlotQuery):
    """The search for the next time of each place."""

    limit: int = Field(default=50, ge=1, le=500)
    after: Annotated[str | None, StringConstraints(max_length=600)] = Field(
        default=None, description="`next` of the page before"
    )


class DaySearch(SlotQuery):
    """The search for days that have room."""

    month: Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", max_length=7)] = Field(
        examples=["2027-03"]
    )


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
    seats_left: int | None = Field(default=None, description="seats of a group visit that are neither booked nor held")


class ExpandedSlot(Slot):
    """A slot with the names that a page shows."""

    place: PlaceName | None
    tutor_name: str
    km: int | None = Field(default=None, description="kilometres from `near`, as the crow flies")


class Nearest(Wire):
    """The nearest place that has time."""

    slot: ExpandedSlot
    km: int | None = Field(description="from the middle of what was searched, as the crow flies")


class Otherwise(Wire):
    """What there is when nothing was found: help nearby, from afar or without booking; else the waitlist."""

    nearest: Nearest | None = None
    remote: ExpandedSlot | None = None
    drop_in: ExpandedSlot | None = None
    waitlist: bool = Field(
        default=True,
        description="whether a time can be waited for: somebody helps there, though there is no time. It takes a topic "
        "and a municipality, and is not for visits at home",
    )


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


class AgendaDay(Wire):
    """Some times of a local date, before noon and after it."""

    date: dt.date
    morning: list[ExpandedSlot]
    afternoon: list[ExpandedSlot]


class Agenda(Wire):
    """The next days that have room, each with some of its times."""

    days: list[AgendaDay]
    with_room: list[dt.date] = Field(description="all days that have room, those above among them")
    offerings: dict[UUID, LocalisedText] = Field(description="what the help of these times is called, by `offering_id`")
    otherwise: Otherwise | None = Field(default=None, description="when there are none at all")


class PlaceTime(Wire):
    """A service point and its next free time."""

    service_point_id: UUID
    place: PlaceName | None
    km: float | None = None
    slot: Slot


class PlaceTimes(Wire):
    """Service points with their next free time, the soonest first; around a point, the nearest first."""

    items: list[PlaceTime]
    next: str | None = Field(default=None, description="`after` of the next page")

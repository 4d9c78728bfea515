"""Open time of a tutor: weekly hours and extra time."""

import datetime as dt
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError

from shared.schemas.booking.slots import PlaceName
from shared.schemas.common import Channel, Date, Instant, WallTime, Wire, example


class WhereAndHow(Wire):
    """What open time is for: a service point, homes, or help from afar; by default for every offering."""

    service_point_id: UUID | None = None
    channels: list[Channel] | None = Field(
        default=None,
        min_length=1,
        max_length=10,
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
    offered: bool = Field(
        default=True, description="false where the place's organisation has withdrawn its consent: nobody finds them"
    )
    weekday: int
    opens: WallTime = Field(alias="from")
    closes: WallTime = Field(alias="to")
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
    offered: bool = Field(
        default=True, description="false where the place's organisation has withdrawn its consent: nobody finds them"
    )
    start: AwareDatetime = Field(alias="from")
    end: AwareDatetime = Field(alias="until")


class ExtraTimes(Wire):
    items: list[ExtraTime]

"""When a service point is open."""

import datetime as dt
from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from shared.languages import DEFAULT, Language
from shared.schemas.common import Date, TopicCode, WallTime, Wire
from shared.schemas.providers.base import Page

HoursKind = Literal["staffed", "self_service"]


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
    topics: list[TopicCode] = Field(min_length=1, max_length=100)
    languages: list[Language] = Field(default=[DEFAULT], min_length=1, max_length=10)


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


class OpeningDay(Wire):
    """What is known of a service point's hours on a date. No hours: it is known to be closed."""

    date: Date
    hours: list[Hours] = Field(max_length=48)


class OpeningDays(Page):
    items: list[OpeningDay]

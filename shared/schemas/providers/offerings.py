"""Offerings: the kinds of help, with their rules and questions."""

from typing import Annotated
from uuid import UUID

from pydantic import AliasChoices, Field, model_validator
from pydantic_core import PydanticCustomError

from shared.schemas.common import (
    Channel,
    FeatureCode,
    Flag,
    LocalisedName,
    LocalisedText,
    RegionCode,
    TopicCode,
    Wire,
    example,
)
from shared.schemas.providers.base import Page, Status
from shared.schemas.providers.hours import WallInterval


class Question(Wire):
    """What an offering asks the citizen when they book, so that the tutor can prepare."""

    code: FeatureCode = Field(examples=["own-device"])
    text: LocalisedText
    needed: Flag = Field(
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
    name: LocalisedName
    topics: list[TopicCode] = Field(min_length=1, max_length=100)
    channels: list[Channel] = Field(min_length=1, max_length=10)
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

    name: LocalisedText  # what was taken before the rules of today is still shown
    id: UUID
    region: RegionCode
    version: int = Field(default=1, description="counts its changes; the ETag")


class Offerings(Page):
    items: list[Offering]

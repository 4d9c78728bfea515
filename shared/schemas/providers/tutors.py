"""Tutors: who helps."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from shared.languages import Language
from shared.schemas.common import (
    Channel,
    Date,
    Email,
    MunicipalityCode,
    RegionCode,
    ShortText,
    TopicCode,
    Wire,
    example,
)
from shared.schemas.providers.base import Page, Status

TutorKind = Literal["volunteer", "professional"]


class Training(Wire):
    """A course that a tutor has taken."""

    name: ShortText
    on: Date


class KeptTraining(Training):
    """The same as it is kept: what was taken before the rules of today is still shown."""

    name: str


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
    languages: list[Language] = Field(min_length=1, max_length=10)
    topics: list[TopicCode] = Field(min_length=1, max_length=100)
    channels: list[Channel] = Field(min_length=1, max_length=10)
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
    display_name: str  # what was taken before the rules of today is still shown
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

    full_name: str | None
    training: list[KeptTraining]


class OwnTutor(TutorDetails):
    """A tutor as they see themself."""

    phone: str | None = Field(default=None, description="at which their service point calls them; `PUT …/phone`")


class TutorPhoneInput(Wire):
    """The number at which a tutor is called; null, or an empty text, removes it."""

    model_config = example(phone="040 685 404")

    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] | None


class TutorPhone(Wire):
    """The number at which a tutor is called. Citizens never see it, and nobody signs in with it."""

    phone: str | None = Field(description="in E.164")
    version: int = Field(description="that of the tutor; the ETag")


class Tutors(Page):
    items: list[Tutor]

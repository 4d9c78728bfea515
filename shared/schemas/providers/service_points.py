"""Service points: where help is given, and the search for them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.languages import DEFAULT, Language
from shared.schemas.common import (
    Channel,
    Email,
    FeatureCode,
    LocalisedName,
    LocalisedText,
    MunicipalityCode,
    Near,
    RegionCode,
    ShortText,
    TopicCode,
    WebAddress,
    Wire,
    example,
)
from shared.schemas.providers.base import Page, Status
from shared.schemas.providers.hours import DropIn, WeeklyHours

Mandate = Literal["statutory", "general"]

Publishing = Literal["draft", "published", "withdrawn"]


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
    name: LocalisedName
    address: ShortText
    address_sv: ShortText | None = Field(
        default=None, description="the address in Swedish, where it is another", examples=["Storgatan 1, 20100 Åbo"]
    )
    municipality: MunicipalityCode
    lat: float | None = Field(default=None, ge=59, le=71, description="WGS 84; inside Finland")
    lon: float | None = Field(default=None, ge=19, le=32, description="WGS 84; inside Finland")
    description: LocalisedText | None = None
    not_done: LocalisedText | None = Field(default=None, description="what is *not* done there, such as repairs")
    phone: ShortText | None = None
    email: Email | None = None
    url: WebAddress | None = None
    channels: list[Channel] = Field(default=["on_site"], min_length=1, max_length=10)
    languages: list[Language] = Field(default=[DEFAULT], min_length=1, max_length=10)
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


class ServicePoint(ServicePointInput):
    """A place where help is given."""

    name: LocalisedText  # what was taken before the rules of today is still shown
    address: str
    address_sv: str | None = None
    phone: str | None = None
    email: str | None = None
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
    near: Near | None = Field(
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


class Completeness(Wire):
    """How much of what a citizen needs is known of a service point."""

    score: int = Field(ge=0, le=100)
    missing: list[str] = Field(description="names of fields, what matters most first")


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

"""What other registers say of service points, and where they and ours disagree."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from shared.schemas.common import LocalisedText, Wire
from shared.schemas.providers.base import Page


class Disagreement(Wire):
    """A field of a service point of which the registry (`vuoro`) and its sources say different things."""

    service_point_id: UUID
    name: LocalisedText
    field: str = Field(examples=["gives_support"])
    says: dict[str, object] = Field(examples=[{"vuoro": True, "kirkanta": False, "ptv": True}])


class Reconciliation(Page):
    items: list[Disagreement]


class FieldSource(Wire):
    """Which source a field follows, and since when it says so."""

    source: str = Field(examples=["ptv"])
    at: datetime


class SourceSays(Wire):
    """What a source said last of a service point."""

    source: str = Field(examples=["ptv"])
    source_id: str
    seen_at: datetime
    fields: dict[str, object] = Field(description="by name; a text in a language as `name.fi`")
    gives_support: bool | None = Field(description="null where the source does not say")
    unread: list[str] = Field(
        description="where the source says something that is not read", examples=[["webPages after the first"]]
    )


class Provenance(Wire):
    """Where the fields of a service point come from. One that is not named was written here."""

    fields: dict[str, FieldSource]
    sources: list[SourceSays]

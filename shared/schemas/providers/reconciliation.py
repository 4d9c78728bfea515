"""Where another register and ours disagree."""

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

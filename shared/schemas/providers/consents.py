"""Consents: which organisations' tutors may help at whose service points."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.schemas.common import Wire
from shared.schemas.providers.base import Page

ConsentStatus = Literal["allowed", "withdrawn"]


class Consent(Wire):
    """What the organisation of a service point has said to another organisation's tutors there."""

    id: UUID
    service_point_id: UUID
    organisation_id: UUID = Field(description="whose tutors it is about")
    status: ConsentStatus = Field(
        description="`allowed`: their hours there are taken; `withdrawn`: none are taken, and none of them are offered"
    )


class Consents(Page):
    items: list[Consent]

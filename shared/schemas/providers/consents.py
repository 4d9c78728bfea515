"""Consents: which organisations' tutors may help at whose service points."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.languages import Language
from shared.schemas.common import LocalisedText, RegionCode, Wire, example
from shared.schemas.providers.base import Page

ConsentStatus = Literal["asked", "allowed", "withdrawn"]


class Consent(Wire):
    """What the organisation of a service point has said to another organisation's tutors there."""

    id: UUID
    service_point_id: UUID
    organisation_id: UUID = Field(description="whose tutors it is about")
    status: ConsentStatus = Field(
        description="`asked`: it has not answered; `allowed`: their hours there are taken; `withdrawn`, or refused: "
        "none are taken, and none are offered"
    )


class Consents(Page):
    items: list[Consent]


class ConsentRequest(Wire):
    """Asking for a consent, for all tutors of one's organisation."""

    model_config = example(tutor_id="01a2002f-4215-76b7-b27b-64274601a504")

    tutor_id: UUID | None = Field(default=None, description="whose organisation asks; a tutor leaves it out")


class ConsentMessage(Wire):
    """What `notify` needs to tell somebody of a consent, asked for at the moment of sending."""

    language: Language
    email: str | None = None
    phone: str | None = None
    region: RegionCode | None = None
    status: ConsentStatus
    place: LocalisedText
    guest: LocalisedText = Field(description="the organisation whose tutors it is about")

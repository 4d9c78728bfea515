"""Organisations: who gives support."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.retention import VISIT_KEPT
from shared.schemas.common import (
    Email,
    LocalisedName,
    LocalisedText,
    MunicipalityCode,
    RegionCode,
    ShortText,
    WebAddress,
    Wire,
    example,
)
from shared.schemas.providers.base import Page
from shared.schemas.providers.service_points import Mandate

OrganisationKind = Literal[
    "municipality",
    "joint_service_point",
    "library",
    "education",
    "state_authority",
    "wellbeing_county",
    "association",
    "parish",
    "council",
    "project",
    "company",
    "volunteer_group",
]

OrganisationStatus = Literal["proposed", "planned", "active", "ended"]


class OrganisationInput(Wire):
    """An organisation as an editor writes it. Its region follows from its municipality."""

    model_config = example(
        name={"fi": "Kuusamon kaupunki", "sv": "Kuusamo stad"}, kind="municipality", municipality="305"
    )

    name: LocalisedName
    kind: OrganisationKind
    municipality: MunicipalityCode
    business_id: str | None = Field(
        default=None,
        max_length=9,
        pattern=r"^[0-9]{7}-[0-9]$",
        description="Finnish business ID (Y-tunnus)",
        examples=["0208852-8"],
    )
    mandate: Mandate = Field(
        default="general", description="`statutory`: an authority that must guide in its own e-services"
    )
    email: Email | None = None
    phone: ShortText | None = None
    url: WebAddress | None = None
    status: OrganisationStatus = "active"
    retention_days: int = Field(
        default=VISIT_KEPT.days, ge=1, le=3650, description="a citizen's details are erased so long after the visit"
    )


class Organisation(OrganisationInput):
    """Somebody who gives support: a municipality, a library, an association."""

    name: LocalisedText  # what was taken before the rules of today is still shown
    phone: str | None = None
    email: str | None = None
    id: UUID
    region: RegionCode
    version: int = Field(default=1, description="counts its changes; the ETag")


class Organisations(Page):
    items: list[Organisation]

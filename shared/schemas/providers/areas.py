"""Municipalities, those of today and of before."""

from pydantic import Field

from shared.schemas.common import Date, LocalisedName, LocalisedText, MunicipalityCode, RegionCode, Wire, example
from shared.schemas.providers.base import Page


class Municipality(Wire):
    """A municipality of 2026 by its national three-digit code, with its region."""

    code: MunicipalityCode
    name: LocalisedText
    region: RegionCode
    region_name: LocalisedText
    languages: list[str]
    lat: float | None
    lon: float | None
    sub_region: str = Field(default="", description="code of the sub-region (seutukunta)")
    sub_region_name: str = ""
    neighbours: list[MunicipalityCode] = Field(
        default=[], description="those that lie beside it, worked out from the municipalities' centres"
    )
    version: int = Field(default=1, description="counts its changes; the ETag")


class FormerMunicipality(Wire):
    """A municipality that is part of another now."""

    code: MunicipalityCode
    name: LocalisedText
    merged_into: MunicipalityCode
    merged_on: Date


class MunicipalityInput(Wire):
    """What a municipality is called."""

    model_config = example(name={"fi": "Kuusamo", "sv": "Kuusamo"})

    name: LocalisedName


class FormerMunicipalities(Page):
    items: list[FormerMunicipality]


class Municipalities(Page):
    items: list[Municipality]

"""The settings of `providers`."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.schemas.common import RegionCode
from shared.schemas.people import RoleName
from shared.secrets import WithSecret


class Settings(WithSecret):
    """From the environment: `VUORO_PROVIDERS_…`."""

    model_config = SettingsConfigDict(env_prefix="VUORO_PROVIDERS_")

    database_url: SecretStr
    issuer_keys: Path = Field(
        description="folder of the private keys (PEM) that sign access tokens; the last by name signs"
    )
    signing_key: Path = Field(description="PEM file of the private key that signs this service's own calls")
    identity_providers: Path | None = Field(
        default=None, description="JSON file of the municipalities' own identity providers (docs/operating.md)"
    )
    tombstones: Path | None = Field(
        default=None, description="folder, apart from the database and its backups, of the list of who was erased"
    )
    strong_sign_in: dict[RegionCode, frozenset[RoleName]] = Field(
        default={}, description="by region, the roles that a code does not open; elsewhere, those of coordinators"
    )

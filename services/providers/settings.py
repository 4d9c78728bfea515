"""The knobs of `providers`."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared import settings


class Settings(settings.Settings):
    """From the environment: `VUORO_PROVIDERS_…`."""

    model_config = SettingsConfigDict(env_prefix="VUORO_PROVIDERS_", extra="ignore", frozen=True)

    database_url: SecretStr
    signing_key: Path = Field(description="PEM file of the private key that signs access tokens")
    secret: SecretStr = Field(min_length=32, description="what sign-in codes are derived from")

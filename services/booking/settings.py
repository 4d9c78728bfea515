"""The settings of `booking`."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared import settings


class Settings(settings.Settings):
    """From the environment: `VUORO_BOOKING_…`."""

    model_config = SettingsConfigDict(env_prefix="VUORO_BOOKING_", extra="ignore", frozen=True)

    database_url: SecretStr
    signing_key: Path = Field(description="PEM file of the private key that signs this service's own calls")
    secret: SecretStr = Field(min_length=32, description="what citizens' keys to their appointments are made from")
    private_calendars: bool = Field(
        default=False, description="whether tutors' external calendars may lie inside a private network"
    )

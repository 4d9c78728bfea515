"""The settings of `booking`."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.secrets import WithSecret
from shared.sms_countries import SmsCountries


class Settings(WithSecret, SmsCountries):
    """From the environment: `VUORO_BOOKING_…`."""

    model_config = SettingsConfigDict(env_prefix="VUORO_BOOKING_")

    database_url: SecretStr
    signing_key: Path = Field(description="PEM file of the private key that signs this service's own calls")
    tombstones: Path | None = Field(
        default=None, description="folder, apart from the database and its backups, of the list of who was erased"
    )
    limit_factor: float = Field(
        default=1,
        gt=0,
        description="what the limits of those who have not signed in are multiplied by; more where all citizens come "
        "from a few addresses",
    )
    private_calendars: bool = Field(
        default=False, description="whether tutors' external calendars may lie inside a private network"
    )

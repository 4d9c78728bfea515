"""The settings of `notify`. What a channel needs is in the channel's own file."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared import settings


class Settings(settings.Settings):
    """From the environment: `VUORO_NOTIFY_…`."""

    model_config = SettingsConfigDict(env_prefix="VUORO_NOTIFY_")

    database_url: SecretStr
    signing_key: Path = Field(description="PEM file of the private key that signs this service's own calls")
    sender: str = Field(description="the e-mail address that messages come from, and that calendars name as organiser")
    sms_per_day: int = Field(500, ge=1, description="more SMS in a day raise an alarm; they are sent all the same")
    operator: str | None = Field(None, description="the e-mail address that alarms go to")
    lease_seconds: int = Field(60, description="after which a message that a dead worker had claimed is taken up again")

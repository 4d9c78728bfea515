"""The settings of `notify`. What a channel needs is in the channel's own file."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared import settings
from shared.schemas.common import RegionCode


class RegionsBudget(BaseModel):
    """How many SMS a region expects to be sent for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    per_day: int | None = Field(None, ge=1)
    per_month: int | None = Field(None, ge=1)


class Settings(settings.Settings):
    """From the environment: `VUORO_NOTIFY_…`."""

    model_config = SettingsConfigDict(env_prefix="VUORO_NOTIFY_")

    database_url: SecretStr
    signing_key: Path = Field(description="PEM file of the private key that signs this service's own calls")
    sender: str = Field(description="the e-mail address that messages come from, and that calendars name as organiser")
    sms_per_day: int = Field(
        500, ge=1, description="more SMS of a region in a day raise an alarm; they are sent all the same"
    )
    sms_per_month: int | None = Field(None, ge=1, description="likewise in a month; without it, the day's alone")
    sms_budgets: dict[RegionCode, RegionsBudget] = Field(
        default={}, description="by region, its own; what it does not say is as above"
    )
    operator: str | None = Field(None, description="the e-mail address that alarms go to")
    lease_seconds: int = Field(60, description="after which a message that a dead worker had claimed is taken up again")

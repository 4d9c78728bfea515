"""The settings of `notify`."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared import settings


class Settings(settings.Settings):
    """From the environment: `VUORO_NOTIFY_…`."""

    model_config = SettingsConfigDict(env_prefix="VUORO_NOTIFY_", extra="ignore", frozen=True)

    database_url: SecretStr
    signing_key: Path = Field(description="PEM file of the private key that signs this service's own calls")
    sender: str = Field(description="the e-mail address that messages come from")
    smtp_host: str
    smtp_port: int = 587
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_starttls: bool = True
    twilio_account_sid: str
    twilio_auth_token: SecretStr
    twilio_from: str = Field(description="the number or sender name that SMS come from")
    twilio_url: str = Field("https://api.twilio.com", description="where Twilio's REST API is; a stand-in in local use")
    lease_seconds: int = Field(60, description="after which a message that a dead worker had claimed is taken up again")

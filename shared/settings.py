"""The settings that services have in common, from the environment. Each service adds its own in `settings.py`."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class FromEnvironment(BaseSettings):
    """What all settings have in common. What is wrong with some is told without their values: of one that is missing,
    pydantic would show all the others, secrets among them."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True, hide_input_in_errors=True)


class Settings(FromEnvironment):
    """Where the parts of this installation are, and whom to trust."""

    public_url: str = Field("http://127.0.0.1:8080", validation_alias="VUORO_PUBLIC_URL")
    providers_url: str = Field("http://127.0.0.1:8081", validation_alias="VUORO_PROVIDERS_URL")
    booking_url: str = Field("http://127.0.0.1:8082", validation_alias="VUORO_BOOKING_URL")
    zone: str = Field("Europe/Helsinki", validation_alias="VUORO_ZONE", description="IANA zone of local wall time")
    audit_copy: Path | None = Field(
        default=None, description="file to which the audit log is copied, or the socket of a syslog"
    )
    trusted_keys: Path = Field(
        validation_alias="VUORO_TRUSTED_KEYS",
        description="JWK Set of the services' own public keys, kid = name",
    )

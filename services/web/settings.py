"""The settings of `web`."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """From the environment."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    public_url: str = Field("http://127.0.0.1:8080", validation_alias="VUORO_PUBLIC_URL")
    providers_url: str = Field("http://127.0.0.1:8081", validation_alias="VUORO_PROVIDERS_URL")
    booking_url: str = Field("http://127.0.0.1:8082", validation_alias="VUORO_BOOKING_URL")
    zone: str = Field("Europe/Helsinki", validation_alias="VUORO_ZONE")

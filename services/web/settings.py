"""The settings of `web`."""

from pydantic import AwareDatetime, Field, model_validator
from pydantic_settings import SettingsConfigDict

from shared.sms_countries import SmsCountries


class Settings(SmsCountries):
    """From the environment: what all have in common, and `VUORO_WEB_…`."""

    model_config = SettingsConfigDict(env_prefix="VUORO_WEB_")

    public_url: str = Field("http://127.0.0.1:8080", validation_alias="VUORO_PUBLIC_URL")
    providers_url: str = Field("http://127.0.0.1:8081", validation_alias="VUORO_PROVIDERS_URL")
    booking_url: str = Field("http://127.0.0.1:8082", validation_alias="VUORO_BOOKING_URL")
    zone: str = Field("Europe/Helsinki", validation_alias="VUORO_ZONE")
    map_url: str | None = Field(
        None,
        pattern=r'^https://[^\s<>"]+$',
        description="a map service's address of a place, with {lat} and {lon} in it (WGS 84)",
    )
    security_contact: str | None = Field(
        None,
        pattern=r"^(mailto:|tel:|https://)[!-~]+$",
        description="where a weakness is reported: a mailto:, tel: or https: address",
    )
    security_expires: AwareDatetime | None = Field(None, description="until when that holds (RFC 3339)")

    privacy_controller: str | None = Field(None, description="who keeps people's details: the controller's name")
    privacy_contact: str | None = Field(None, description="how the controller is reached")
    privacy_officer: str | None = Field(None, description="how the data protection officer is reached")
    privacy_processors: str | None = Field(
        None, description="who carries messages and keeps servers, by name and place"
    )
    privacy_authority: str | None = Field(None, description="to whom one may complain, if not to Finland's ombudsman")

    @model_validator(mode="after")
    def _map_shows_a_place(self) -> "Settings":
        if self.map_url is not None and not ("{lat}" in self.map_url and "{lon}" in self.map_url):
            raise ValueError("VUORO_WEB_MAP_URL needs {lat} and {lon}")
        return self

    @model_validator(mode="after")
    def _keeper_is_reached(self) -> "Settings":
        if (self.privacy_controller is None) != (self.privacy_contact is None):
            raise ValueError("VUORO_WEB_PRIVACY_CONTROLLER and VUORO_WEB_PRIVACY_CONTACT belong together")
        return self

    @model_validator(mode="after")
    def _contact_expires(self) -> "Settings":
        if (self.security_contact is None) != (self.security_expires is None):
            raise ValueError("VUORO_WEB_SECURITY_CONTACT and VUORO_WEB_SECURITY_EXPIRES belong together")
        return self

"""The settings of `web`."""

import datetime as dt

from pydantic import AwareDatetime, Field, model_validator
from pydantic_settings import SettingsConfigDict

from shared.schemas.common import LocalisedText
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

    accessibility_contact: str | None = Field(
        None, description="whom to tell what does not work: an e-mail address, or a page"
    )
    accessibility_date: dt.date | None = Field(None, description="when the accessibility statement was last checked")
    accessibility_assessed_by: str | None = Field(None, description="who assessed the pages, if somebody else did")
    accessibility_shortcomings: LocalisedText | None = Field(
        None, description="what does not meet the requirements, by language"
    )

    @model_validator(mode="after")
    def _statement_is_whole(self) -> "Settings":
        told = (self.accessibility_contact is not None, self.accessibility_date is not None)
        if any(told) != all(told):
            raise ValueError("VUORO_WEB_ACCESSIBILITY_CONTACT and VUORO_WEB_ACCESSIBILITY_DATE belong together")
        if (self.accessibility_assessed_by or self.accessibility_shortcomings) and not all(told):
            raise ValueError("what was found by assessing the pages needs VUORO_WEB_ACCESSIBILITY_DATE")
        return self

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

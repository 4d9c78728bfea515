"""Of whose mobile numbers SMS go to: `notify` sends by it, `web` says by it where a message went, and
`booking` who is to be called."""

from typing import Annotated

from pydantic import Field, StringConstraints, field_validator
from pydantic_settings import NoDecode

from shared import contacts
from shared.schemas.common import RegionCode
from shared.settings import FromEnvironment

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class SmsCountries(FromEnvironment):
    """The countries, and those of regions that have others."""

    sms_countries: Annotated[frozenset[Country], NoDecode] = Field(
        frozenset({"FI"}),
        validation_alias="VUORO_NOTIFY_SMS_COUNTRIES",
        description="of whose mobile numbers SMS go to: ISO 3166 codes with commas between",
    )
    sms_countries_of_regions: dict[RegionCode, frozenset[Country]] = Field(
        default={},
        validation_alias="VUORO_NOTIFY_SMS_COUNTRIES_OF_REGIONS",
        description="by region, of whose mobile numbers SMS go to instead",
    )

    @field_validator("sms_countries", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return frozenset(value.upper().replace(" ", "").split(",")) if isinstance(value, str) else value

    def takes_sms(self, number: str, region: str | None) -> bool:
        """Whether SMS of a region go to a number in E.164: others cost much or cannot take one, and anybody may write
        any number."""
        return contacts.is_mobile(number, self.sms_countries_of_regions.get(region or "", self.sms_countries))

    def takes_message(self, phone: str | None, email: str | None, region: str | None) -> bool:
        """Whether a message of a region reaches somebody with this number and address."""
        return email is not None or (phone is not None and self.takes_sms(phone, region))

    def takes_sms_of_any(self, number: str) -> bool:
        """Whether SMS of any region go to a number in E.164: whose it is, nobody knows yet."""
        return contacts.is_mobile(number, self.sms_countries.union(*self.sms_countries_of_regions.values()))

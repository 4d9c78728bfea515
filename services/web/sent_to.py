"""Where a citizen's messages go, said so that they know it again and who looks over their shoulder does not read it."""

from dataclasses import dataclass
from typing import Literal

from shared import contacts
from shared.schemas.booking import KeptCitizen
from shared.sms_countries import SmsCountries
from shared.texts import marked

SHOWN = 3
NO_SMS_THERE = marked("We cannot send text messages to this number. Write a mobile number or an e-mail address.")


@dataclass(frozen=True)
class SentTo:
    """The number that gets an SMS, the address that gets an e-mail, and a number that takes no SMS."""

    sms: str | None = None
    email: str | None = None
    without_sms: str | None = None

    @property
    def anywhere(self) -> bool:
        """Whether a message goes anywhere at all."""
        return self.sms is not None or self.email is not None


def sent_to(citizen: KeptCitizen, region: str, countries: SmsCountries) -> SentTo:
    """Return where a citizen's messages about an appointment of a region go."""
    number = shortened_number(citizen.phone) if citizen.phone else None
    takes_sms = citizen.phone is not None and countries.takes_sms(citizen.phone, region)
    return SentTo(
        sms=number if takes_sms else None,
        email=shortened_address(citizen.email) if citizen.email else None,
        without_sms=None if takes_sms else number,
    )


def is_without_sms(contact: str, countries: SmsCountries) -> bool:
    """Return whether what somebody typed is a number to which no message can go: it is told before one is promised."""
    number = contacts.phone(contact)
    return number is not None and not countries.takes_sms_of_any(number)


Way = Literal["message", "call", "desk"]


def way_to_tell(citizen: KeptCitizen | None, region: str, countries: SmsCountries) -> Way:
    """Return how a citizen hears of a change: by a message of ours, when somebody calls them, or only at the place. Of
    one who is not shown, messages go as they do."""
    if citizen is None or countries.takes_message(citizen.phone, citizen.email, region):
        return "message"
    return "call" if citizen.phone else "desk"


def shortened_number(number: str) -> str:
    """Return the beginning and the end of a number in E.164: "040 … 404", on one line."""
    return f"{contacts.written_number(number)[:SHOWN].strip()}\N{NO-BREAK SPACE}…\N{NO-BREAK SPACE}{number[-SHOWN:]}"


def shortened_address(address: str) -> str:
    """Return the beginning of an address, and its domain, where slips of the finger are: "ai…@example.fi"."""
    name, _, domain = address.rpartition("@")
    return f"{name[: min(2, len(name) - 1)]}…@{domain}"

"""Slips of the finger in what somebody is reached by: found before they book, since no message would say so."""

from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers

from services.web.sent_to import is_without_sms
from shared.sms_countries import SmsCountries
from shared.texts import marked

# Whose addresses people here have, and those that look like them and are somebody's all the same.
WELL_KNOWN = (
    "gmail.com",
    "hotmail.com",
    "hotmail.fi",
    "outlook.com",
    "live.fi",
    "live.com",
    "luukku.com",
    "icloud.com",
    "yahoo.com",
    "saunalahti.fi",
    "elisanet.fi",
    "kolumbus.fi",
    "suomi24.fi",
    "pp.inet.fi",
    "welho.com",
    "netti.fi",
    "telia.com",
    "mail.com",
    "ymail.com",
    "me.com",
    "gmx.com",
)
# What nobody has an address at, and is too far from a well-known one to be found by its letters.
OTHER_ENDS = {
    "gmail.fi": "gmail.com",
    "luukku.fi": "luukku.com",
    "googlemail.fi": "gmail.com",
    "icloud.fi": "icloud.com",
}
DIGITS_OF_A_MOBILE = range(9, 12)  # with the leading zero; most have ten
NO_NUMBER_AT_ALL = 5  # fewer digits are none, and are told so
TOO_SHORT = marked("This number is too short: it has %(digits)s digits.")
TOO_LONG = marked("This number is too long: it has %(digits)s digits.")
USUAL_LENGTH = marked("A mobile number usually has 10.")


def meant_address(address: str) -> str | None:
    """Return the address that somebody probably meant, by a well-known domain that is one slip away; None when what
    they wrote may well be right."""
    name, at, domain = address.strip().rpartition("@")
    domain = domain.rstrip(".").lower()
    if not (name and at and domain) or domain in WELL_KNOWN:
        return None
    meant = OTHER_ENDS.get(domain) or next((each for each in WELL_KNOWN if _is_a_slip_of(domain, each)), None)
    return f"{name}@{meant}" if meant else None


def _is_a_slip_of(typed: str, meant: str) -> bool:
    """Whether a domain lacks its end, or is another with one letter more, fewer, other, or two that changed places."""
    return typed == meant.partition(".")[0] or typed in _slips(meant)


def _slips(meant: str) -> Iterator[str]:
    letters = "abcdefghijklmnopqrstuvwxyz0123456789.,-"
    for at in range(len(meant) + 1):
        before, after = meant[:at], meant[at:]
        yield before + after[1:]
        yield before + after[1:2] + after[:1] + after[2:]
        for letter in letters:
            yield before + letter + after
            yield before + letter + after[1:]


@dataclass(frozen=True)
class WrongLength:
    """A number that cannot be one, as it is told: too short or too long, how many digits it has, and whether it begins
    as a mobile one of Finland does."""

    text: str
    digits: int
    is_mobile: bool


def wrong_length(number: str) -> WrongLength | None:
    """Return what is wrong with the length of a phone number; None when nothing is, or it is no number at all."""
    try:
        parsed = phonenumbers.parse(number, "FI")
    except phonenumbers.NumberParseException:
        return None
    national = str(parsed.national_number)
    at_home = parsed.country_code == phonenumbers.country_code_for_region("FI")
    digits, is_mobile = len(national) + at_home, at_home and national.startswith(("4", "50"))
    if digits < NO_NUMBER_AT_ALL:
        return None
    text = _too(digits, DIGITS_OF_A_MOBILE) if is_mobile else _impossible(parsed)
    return WrongLength(text, digits, is_mobile) if text else None


def _too(digits: int, usual: range) -> str | None:
    return TOO_SHORT if digits < usual.start else TOO_LONG if digits >= usual.stop else None


def _impossible(parsed: phonenumbers.PhoneNumber) -> str | None:
    match phonenumbers.is_possible_number_with_reason(parsed):
        case phonenumbers.ValidationResult.TOO_SHORT:
            return TOO_SHORT
        case phonenumbers.ValidationResult.TOO_LONG:
            return TOO_LONG
    return None


@dataclass(frozen=True)
class AskedBack:
    """What is asked once before somebody books: whether they meant another address, and whether they know that their
    number gets no message."""

    meant: str | None = None
    without_messages: bool = False

    def __bool__(self) -> bool:
        return self.meant is not None or self.without_messages


def asked_back(phone: str, email: str, kept: str, countries: SmsCountries, *, knows: bool) -> AskedBack:
    """Return what is to be asked of a number and an address. `kept` is the address that they have said is right;
    `knows` says that they get no messages, and will."""
    meant = None if email == kept else meant_address(email)
    return AskedBack(meant, not (knows or email.strip()) and is_without_sms(phone, countries))

"""Phone numbers and e-mail addresses, however people write them."""

from collections.abc import Collection

import phonenumbers
from email_validator import EmailNotValidError, validate_email


def phone(text: str) -> str | None:
    """Return the number in E.164 (+358406854048), one without a country as a Finnish one; None when it is none."""
    try:
        number = phonenumbers.parse(text, "FI")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


def is_mobile(number: str, countries: Collection[str]) -> bool:
    """Return whether a number in E.164 is a mobile one of one of these countries (ISO 3166)."""
    parsed = phonenumbers.parse(number)
    country = phonenumbers.region_code_for_number(parsed)
    return country in countries and phonenumbers.number_type(parsed) in MOBILE


def email(text: str) -> str | None:
    """Return the address without surrounding space, its domain in lower case; None when it is none, or one that few
    servers take: with letters beyond ASCII (RFC 6531), or to a domain that receives no mail."""
    if not text.isascii():
        return None
    try:
        # Whether the domain exists is found out by sending; nobody's form waits for DNS.
        return validate_email(text.strip(), allow_smtputf8=False, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def written_number(number: str) -> str:
    """Return a number in E.164 as people write it: one of Finland as it is dialled there, "040 685404"."""
    parsed, style = phonenumbers.parse(number), phonenumbers.PhoneNumberFormat
    at_home = parsed.country_code == phonenumbers.country_code_for_region("FI")
    return phonenumbers.format_number(parsed, style.NATIONAL if at_home else style.INTERNATIONAL)

"""Phone numbers and e-mail addresses, however people write them."""

import re

import phonenumbers

EMAIL = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\".]{2,}")


def phone(text: str) -> str | None:
    """The number in E.164 (+358406854048), a number without a country being Finnish; None when it is none."""
    try:
        number = phonenumbers.parse(text, "FI")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(text: str) -> str | None:
    """The address without surrounding space; None when no message could reach it (RFC 5321's outline)."""
    address = text.strip()
    return address if len(address) <= 254 and EMAIL.fullmatch(address) else None

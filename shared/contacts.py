"""Phone numbers and e-mail addresses, however people write them."""

import re

import phonenumbers

# The plain form that every server takes: RFC 5321's Dot-string at a domain of RFC 1035's labels.
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL = re.compile(rf"{ATOM}(?:\.{ATOM})*@(?:{LABEL}\.)+[A-Za-z][A-Za-z0-9-]{{0,61}}[A-Za-z0-9]")


def phone(text: str) -> str | None:
    """Return the number in E.164 (+358406854048), one without a country as a Finnish one; None when it is none."""
    try:
        number = phonenumbers.parse(text, "FI")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(text: str) -> str | None:
    """The address without surrounding space; None when it is none, or one that few servers take (RFC 6531)."""
    address = text.strip()
    return address if len(address) <= 254 and EMAIL.fullmatch(address) else None

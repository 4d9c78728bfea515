"""What must not be written into free text: identity codes, account and card numbers, passwords.

The tutor's code of conduct forbids handling them, so they are refused at the door and never kept.
"""

import re

from stdnum import iban, luhn

# A personal identity code's form (law 661/2009, with the new separators of 2023). A mistyped one is as private as a
# right one, so its check character is not looked at.
IDENTITY_CODE = re.compile(r"(?<!\d)\d{6}\s?[-+A-FU-Y]\s?\d{3}[0-9A-FHJ-NPR-Y](?![0-9A-Z])", re.IGNORECASE)
ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]){11,30}", re.IGNORECASE)
CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,}")
# "The password is lost" is what people come for; a word with a digit in it, or one after a colon, is the password.
CREDENTIAL = re.compile(
    r"\b(salasana|tunnuslu[kv]u|pin(?:-?koodi|-?kod| code)?|käyttäjätunnu|pankkitunnu|lösenord|användarnamn|bankkod"
    r"|password|passcode)"
    r"\S{0,6}(?:\s*[:=]\s*\S{3,}|\s+(?:(?:on|är|is)\s+)?\S*\d\S*)",
    re.IGNORECASE,
)


def is_sensitive(text: str) -> bool:
    """Whether `text` seems to hold an identity code, an account or card number, or a password."""
    return bool(IDENTITY_CODE.search(text) or CREDENTIAL.search(text) or _account(text) or _card(text))


def _account(text: str) -> bool:
    """A word run such as `FI21 1234 5600 0007 85 thanks` may be longer than its IBAN, so every length is tried."""
    for match in ACCOUNT.finditer(text):
        letters = re.sub(r"\s", "", match[0])
        if any(iban.is_valid(letters[:length]) for length in range(15, min(len(letters), 34) + 1)):
            return True
    return False


def _card(text: str) -> bool:
    """Whether any 13 to 19 digits in a row of digits are a card's: its expiry or CVV may follow it."""
    for match in CARD.finditer(text):
        digits = re.sub(r"[ -]", "", match[0])
        if any(luhn.is_valid(digits[:length]) for length in range(13, 20) if length <= len(digits)):
            return True
    return False

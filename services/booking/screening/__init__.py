"""What must not be written into free text: identity codes, account and card numbers, passwords.

The tutor's code of conduct forbids handling them, so they are refused at the door and never kept. People write them in
many ways; what only looks like one (an order number, an id of a register, a phone number) is let through.
"""

import re

from services.booking.screening.accounts import has_account
from services.booking.screening.cards import has_card
from services.booking.screening.identity_codes import has_identity_code
from services.booking.screening.written import plain

UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
# "The password is lost" is what people come for; a word with a digit in it, or one after a colon, is the password.
CREDENTIAL = re.compile(
    r"\b(salasana|tunnuslu[kv]u|pin(?:-?koodi|-?kod| code)?|käyttäjätunnu|pankkitunnu|lösenord|användarnamn|bankkod"
    r"|password|passcode)"
    r"\S{0,6}(?:\s*[:=]\s*\S{3,}|\s+(?:(?:on|är|is)\s+)?\S*\d\S*)",
    re.IGNORECASE,
)


def is_sensitive(text: str) -> bool:
    """Whether `text` seems to hold an identity code, an account or card number, or a password."""
    return is_number_of_a_person(text) or bool(CREDENTIAL.search(plain(text)))


def is_number_of_a_person(text: str) -> bool:
    """Whether `text` seems to hold an identity code, or an account or card number."""
    seen = UUID.sub(" ", plain(text))
    return has_identity_code(seen) or has_account(seen) or has_card(seen)

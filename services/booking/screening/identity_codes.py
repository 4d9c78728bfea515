"""Personal identity codes (law 661/2009, with the new separators of 2023)."""

import re

from services.booking.screening.written import BETWEEN, before

IDENTITY_CODE = re.compile(r"(?<!\d)(\d{6})\s?[-+A-FU-Y]\s?(\d{3})([0-9A-FHJ-NPR-Y])(?![0-9A-Z])", re.IGNORECASE)
# The same without its sign, spaced out, or grown together with words.
LOOSE_CODE = re.compile(
    rf"(?<!\d)(?=(\d(?:{BETWEEN}\d){{5}}){BETWEEN}[-+A-FU-Y]?{BETWEEN}(\d(?:{BETWEEN}\d){{2}}){BETWEEN}"
    r"(?:([A-FHJ-NPR-Y])|(\d)(?!\d)))",
    re.IGNORECASE,
)
CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
SAID_TO_BE_ONE = re.compile(
    r"\b(hetu|henkilötunnu|sosiaaliturvatunnu|sotu|personbeteckning|personnummer|(personal )?identity (code|number)"
    r"|social security)[^\d]*$",
    re.IGNORECASE,
)


def has_identity_code(text: str) -> bool:
    """Whether a plain text seems to hold an identity code. A mistyped one is as private as a right one, so the check
    character of what has the form of one and ends in a letter is not looked at, nor of what is said to be one; order
    and phone numbers are like those that end in a digit, so of these it must be right."""
    return any(_is_code(text, found) for found in IDENTITY_CODE.finditer(text)) or any(
        _is_loose_code(text, found) for found in LOOSE_CODE.finditer(text)
    )


def _is_code(text: str, found: re.Match[str]) -> bool:
    born, number, check = found.groups()
    may_be_mistyped = check.isalpha() or SAID_TO_BE_ONE.search(before(text, found.start()))
    return _is_date(born) and (bool(may_be_mistyped) or _checks(born, number, check))


def _is_loose_code(text: str, found: re.Match[str]) -> bool:
    """Without its sign, one that begins with 0 and ends in a digit is a phone number, unless said to be a code."""
    born, number = _digits(found[1]), _digits(found[2])
    if not _is_date(born) or not _checks(born, number, found[3] or found[4]):
        return False
    like_a_phone = born.startswith("0") and found[4]
    return not like_a_phone or bool(SAID_TO_BE_ONE.search(before(text, found.start())))


def _checks(born: str, number: str, check: str) -> bool:
    return CHECK_CHARACTERS[int(born + number) % 31] == check.upper()


def _is_date(digits: str) -> bool:
    return 1 <= int(digits[:2]) <= 31 and 1 <= int(digits[2:4]) <= 12


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)

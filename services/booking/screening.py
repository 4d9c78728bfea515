"""What must not be written into free text: identity codes, account and card numbers, passwords.

The tutor's code of conduct forbids handling them, so they are refused at the door and never kept. People write them in
many ways; what only looks like one (an order number, an id of a register, a phone number) is let through.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from stdnum import iban, luhn, numdb

# What may stand between two letters or digits of a code.
BETWEEN = r"[\W_]{0,6}"
# What nobody sees though it counts as a letter or a sign, and what is seen as a dash though it counts as none.
UNSEEN = "\u115f\u1160\u2800"
DASHES = "\u2212\u2043\u02d7\u30fc"
# A personal identity code's form (law 661/2009, with the new separators of 2023). A mistyped one is as private as a
# right one, so its check character is not looked at, unless it could be a phone number.
IDENTITY_CODE = re.compile(r"(?<!\d)(\d{6})\s?[-+A-FU-Y]\s?(\d{3})([0-9A-FHJ-NPR-Y])(?![0-9A-Z])", re.IGNORECASE)
PHONE = re.compile(r"0[45]")
# The same without its sign, spaced out, or grown together with words: then the check character must be right.
LOOSE_CODE = re.compile(
    rf"(?<!\d)(?=(\d(?:{BETWEEN}\d){{5}}){BETWEEN}[-+A-FU-Y]?{BETWEEN}(\d(?:{BETWEEN}\d){{2}}){BETWEEN}"
    r"(?:([A-FHJ-NPR-Y])|(\d)(?!\d)))",
    re.IGNORECASE,
)
CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
ACCOUNT = re.compile(rf"(?=([A-Z]{BETWEEN}[A-Z]{BETWEEN}\d{BETWEEN}\d(?:{BETWEEN}[A-Z0-9]){{11,30}}))", re.IGNORECASE)
CARD = re.compile(rf"(?<!\d)\d+(?:{BETWEEN}\d+)*")
# How the numbers of card companies begin, and how long they are.
CARDS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01]|720)\d{12,13}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}"
    r"|6(?:011|4[4-9]\d|5\d\d)\d{12}|35\d{14}|62\d{14,17}|(?:50|5[6-8]|6[37])\d{14,17}"
)
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
    return is_number_of_a_person(text) or bool(CREDENTIAL.search(_plain(text)))


def is_number_of_a_person(text: str) -> bool:
    """Whether `text` seems to hold an identity code, or an account or card number."""
    plain = UUID.sub(" ", _plain(text))
    return _has_identity_code(plain) or _has_account(plain) or _has_card(plain)


def _plain(text: str) -> str:
    """Return a text without what hides a number in it: other forms of letters and digits, those unseen, odd dashes."""
    return "".join(map(_plain_letter, unicodedata.normalize("NFKC", text)))


def _plain_letter(letter: str) -> str:
    kind = unicodedata.category(letter)
    if (kind in ("Cf", "Mn", "Me", "Cc") and not letter.isspace()) or letter in UNSEEN:
        return ""
    if kind == "Nd":
        return str(unicodedata.digit(letter))
    return "-" if kind == "Pd" or letter in DASHES else letter


def _has_identity_code(text: str) -> bool:
    for found in IDENTITY_CODE.finditer(text):
        like_a_phone = PHONE.match(found[1]) and found[3].isdigit()
        if _is_date(found[1]) and (not like_a_phone or _checks(*found.groups())):
            return True
    for found in LOOSE_CODE.finditer(text):
        born, number = _digits(found[1]), _digits(found[2])
        like_a_phone = born.startswith("0") and found[4]
        if _is_date(born) and not like_a_phone and _checks(born, number, found[3] or found[4]):
            return True
    return False


def _checks(born: str, number: str, check: str) -> bool:
    return CHECK_CHARACTERS[int(born + number) % 31] == check.upper()


def _is_date(digits: str) -> bool:
    return 1 <= int(digits[:2]) <= 31 and 1 <= int(digits[2:4]) <= 12


def _has_account(text: str) -> bool:
    """A word run such as `FI21 1234 5600 0007 85 thanks` may be longer than its IBAN, which is as long as its
    country has them."""
    for found in ACCOUNT.finditer(text):
        letters = re.sub(r"[^A-Za-z0-9]", "", found[1])
        length = _length_in(letters[:2].upper())
        if 0 < length <= len(letters) and iban.is_valid(letters[:length]):
            return True
    return False


@cache
def _length_in(country: str) -> int:
    """Return how many letters and digits the IBANs of a country have; 0 when there is no such country."""
    structure = str(numdb.get("iban").info(country)[0][1].get("bban", ""))
    lengths = [int(each) for each in re.findall(r"\d+", structure)]
    return 4 + sum(lengths) if lengths else 0


def _has_card(text: str) -> bool:
    """Whether some groups of digits in a row make a card's number: its expiry or CVV may follow it."""
    return any(
        CARDS.fullmatch(number) and luhn.is_valid(number)
        for found in CARD.finditer(text)
        for number in _joined(re.findall(r"\d+", found[0]))
    )


def _joined(groups: list[str]) -> Iterator[str]:
    """Yield what each row of groups makes together, up to a card's length."""
    for first in range(len(groups)):
        number = ""
        for group in groups[first:]:
            number += group
            if len(number) > 19:
                break
            yield number


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)

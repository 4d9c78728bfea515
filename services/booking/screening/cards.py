"""Numbers of payment cards: by Luhn's check digit, how a company's numbers begin, and how people write them.

One number in ten passes Luhn's check, and the companies have a third of all beginnings: that alone would take one order
number of sixteen digits in thirty for a card's.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from stdnum import luhn

from services.booking.screening.written import BETWEEN, around, before

DIGITS = re.compile(rf"(?<!\d)\d+(?:{BETWEEN}\d+)*")
GROUP = re.compile(r"\d+")
LONGEST = 19
# Visa, Mastercard and American Express, which most people have: their numbers are known by themselves.
COMMON = re.compile(r"4\d{15}|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}")
# Visa of other lengths, Diners, Discover, JCB, UnionPay, Maestro.
RARE = re.compile(
    r"4(?:\d{12}|\d{18})|3(?:0[0-5]\d|095|[689]\d\d)\d{10}|(?:6011|64[4-9]\d|65\d\d|35(?:2[89]|[3-8]\d))\d{12,15}"
    r"|62\d{14,17}|(?:50|5[6-8]|6[37])\d{14,17}"
)
# Where the groups of digits on a card end.
ENDS = {"long": {4, 8, 12, 16}, "short": {4, 10}}
SAID_TO_BE_ONE = re.compile(
    r"kort(?:ti|ei|in|illa|ilta|is)|\bkort(?:et|ets|en)?\b|kortnummer|(?:bank|kredit|debet|betal)kort|\bcards?\b"
    r"|\b(?:visa|mastercard|maestro|amex|american express|diners|electron|cvc2?|cvv2?|debit|credit)\b",
    re.IGNORECASE,
)
SAID_TO_BE_ANOTHER = re.compile(
    r"(?:tilaus|\border|beställning|lähety|seuranta|paketti|tracking|parcel|shipment|försändelse|kolli|viite|referen"
    r"|sopimus|avtal|contract|sarjanu|serienu|serial|ptv|tunniste|diaari"
    r"|(?:tilauksen|laskun|asiakas|asiakkaan|faktura|invoice|kund|customer) ?(?:nu|nr|no|tunnus|id))"
    r"[^\d]{0,20}$",
    re.IGNORECASE,
)


def has_card(text: str) -> bool:
    """Whether some groups of digits in a row of a plain text seem to make a card's number: its expiry or CVV may follow
    it. They do when they are grouped as on a card, when a word says so, or when it is one of the companies that most
    people have a card of and no word says that it is another thing's."""
    return any(
        _is_card(text, groups)
        for found in DIGITS.finditer(text)
        for groups in _rows_of_groups(list(GROUP.finditer(text, *found.span())))
    )


def _rows_of_groups(groups: Sequence[re.Match[str]]) -> Iterator[Sequence[re.Match[str]]]:
    """Yield each row of groups, up to a card's length."""
    for first in range(len(groups)):
        for last, length in enumerate(accumulate(len(group[0]) for group in groups[first:]), first + 1):
            if length > LONGEST:
                break
            yield groups[first:last]


def _is_card(text: str, groups: Sequence[re.Match[str]]) -> bool:
    number = "".join(group[0] for group in groups)
    is_common = COMMON.fullmatch(number)
    if not (is_common or RARE.fullmatch(number)) or not luhn.is_valid(number):
        return False
    start = groups[0].start()
    if _are_as_on_a_card(groups, len(number)) or SAID_TO_BE_ONE.search(around(text, start, groups[-1].end())):
        return True
    return bool(is_common) and len(groups) == 1 and not SAID_TO_BE_ANOTHER.search(before(text, start))


def _are_as_on_a_card(groups: Sequence[re.Match[str]], length: int) -> bool:
    """Return whether groups end where those on a card do, some together, or are single digits."""
    ends = list(accumulate(len(group[0]) for group in groups))[:-1]
    if len(ends) == length - 1:
        return True
    return bool(ends) and ENDS["short" if length < 16 else "long"].issuperset(ends)

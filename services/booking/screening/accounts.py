"""Numbers of bank accounts (IBAN), by their check digits."""

import re
from functools import cache

from stdnum import iban, numdb

from services.booking.screening.written import BETWEEN

ACCOUNT = re.compile(rf"(?=([A-Z]{BETWEEN}[A-Z]{BETWEEN}\d{BETWEEN}\d(?:{BETWEEN}[A-Z0-9]){{11,30}}))", re.IGNORECASE)


def has_account(text: str) -> bool:
    """Whether a plain text seems to hold an IBAN. A word run such as `FI21 1234 5600 0007 85 thanks` may be longer than
    its IBAN, which is as long as its country has them."""
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

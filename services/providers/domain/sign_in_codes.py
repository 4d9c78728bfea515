"""The six-digit codes that people sign in with: how one is derived, and when one opens a sign-in."""

import datetime as dt
import enum
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from shared.codes import is_typed, six_digits
from shared.retention import SIGN_INS_KEPT

CODE_LIFETIME = dt.timedelta(minutes=10)
MAX_ATTEMPTS = 5
SIGN_INS_WITHIN = dt.timedelta(minutes=15)
MAX_SIGN_INS = 5  # for one contact from one address
MAX_SIGN_INS_FROM_ADDRESS = 100  # a library's whole staff may come from one
# An address is a contact's own when somebody has signed in with the contact from there. What others do from elsewhere
# hinders nobody at their own, so that nobody can lock another out; and it has an end, so that guessing has one, too.
OWN_ADDRESS_FOR = SIGN_INS_KEPT
STRANGERS_WITHIN = dt.timedelta(days=7)
MAX_SIGN_INS_BY_STRANGERS = 50
MAX_WRONG_CODES_BY_STRANGERS = 20


@dataclass(frozen=True)
class Asked:
    """What has been asked for lately: sign-ins for a contact from an address, and from that address for anybody; and
    for the contact, from addresses that are not its own, sign-ins and wrong codes. `at_home` when the address is."""

    from_here: int
    from_address: int
    by_strangers: int
    wrong_codes: int
    at_home: bool


def may_ask(asked: Asked) -> bool:
    """Return whether one more code may be sent."""
    if asked.from_here >= MAX_SIGN_INS or asked.from_address >= MAX_SIGN_INS_FROM_ADDRESS:
        return False
    too_many = asked.by_strangers >= MAX_SIGN_INS_BY_STRANGERS or asked.wrong_codes >= MAX_WRONG_CODES_BY_STRANGERS
    return asked.at_home or not too_many


class Verdict(enum.Enum):
    """What to think of a code that somebody typed."""

    RIGHT = "right"
    WRONG = "wrong"
    TOO_LATE = "too late"
    TOO_OFTEN = "too often"
    USED = "used"


def sign_in_code(secret: str, sign_in: UUID) -> str:
    """Return the six digits of a sign-in, derived from its id."""
    return six_digits(secret, sign_in.bytes)


def judge_code(
    typed: str, right: Collection[str], *, attempts: int, created_at: dt.datetime, used: bool, now: dt.datetime
) -> Verdict:
    """Return whether `typed` is a right code and opens the sign-in; `attempts` counts the tries before this one."""
    if used:
        return Verdict.USED
    if attempts >= MAX_ATTEMPTS:
        return Verdict.TOO_OFTEN
    if now >= created_at + CODE_LIFETIME:
        return Verdict.TOO_LATE
    return Verdict.RIGHT if is_typed(typed, right) else Verdict.WRONG

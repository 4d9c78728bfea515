"""The six-digit codes that people sign in with: how one is derived, and when one opens a sign-in."""

import datetime as dt
import enum
import hashlib
import hmac
import re
from uuid import UUID

CODE_LIFETIME = dt.timedelta(minutes=10)
MAX_ATTEMPTS = 5
MAX_SIGN_INS = 5
MAX_SIGN_INS_FROM_ADDRESS = 100  # a library's whole staff may come from one
SIGN_INS_WITHIN = dt.timedelta(minutes=15)


class Verdict(enum.Enum):
    """What to think of a code that somebody typed."""

    RIGHT = "right"
    WRONG = "wrong"
    TOO_LATE = "too late"
    TOO_OFTEN = "too often"
    USED = "used"


def sign_in_code(secret: str, sign_in: UUID) -> str:
    """Return the six digits of a sign-in, derived from its id as RFC 4226 section 5.3 truncates an HMAC."""
    digest = hmac.new(secret.encode(), sign_in.bytes, hashlib.sha256).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def judge_code(
    typed: str, right: str, *, attempts: int, created_at: dt.datetime, used: bool, now: dt.datetime
) -> Verdict:
    """Return whether `typed` opens the sign-in; `attempts` counts the tries before this one."""
    if used:
        return Verdict.USED
    if attempts >= MAX_ATTEMPTS:
        return Verdict.TOO_OFTEN
    if now >= created_at + CODE_LIFETIME:
        return Verdict.TOO_LATE
    digits = re.sub(r"\s", "", typed)
    return Verdict.RIGHT if hmac.compare_digest(digits.encode(), right.encode()) else Verdict.WRONG

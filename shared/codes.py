"""Codes that people read in a message and type."""

import hashlib
import hmac
from collections.abc import Collection


def six_digits(secret: str, about: bytes) -> str:
    """Return six digits that only who has the secret can make, as RFC 4226 section 5.3 truncates an HMAC."""
    digest = hmac.new(secret.encode(), about, hashlib.sha256).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def is_typed(typed: str, right: Collection[str]) -> bool:
    """Whether somebody typed one of the right codes, with whatever space between. Takes the same time for every wrong
    one."""
    digits = "".join(typed.split()).encode()
    return any(hmac.compare_digest(digits, code.encode()) for code in right)

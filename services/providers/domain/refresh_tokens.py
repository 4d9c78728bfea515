"""Refresh tokens: each is good once, and one that comes back later has been stolen (RFC 9700 section 4.14.2).

A token is derived from its login, the service's secret and how many came before it, so that none needs to be kept, and
whoever asks again because an answer was lost gets the same one.
"""

import datetime as dt
import enum
import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from uuid import UUID

GRACE = dt.timedelta(minutes=1)  # an answer that is lost, two pages that ask at once
IDLE = dt.timedelta(hours=4)  # a login that lies unused so long ends
LOGIN_LIFETIME = dt.timedelta(hours=12)  # and so does one that is so old
MAC = 24  # bytes


class Use(enum.Enum):
    """What to think of a token that somebody shows."""

    NEXT = "the one that is good: the next is given for it"
    AGAIN = "the one before, a moment ago: the one that was given for it is given again"
    REUSED = "one from before, and whoever shows it, or whoever used it, has stolen it"
    NONE = "none of this login"


def refresh_token(secret: str, login: UUID, generation: int) -> str:
    """Return a login's refresh token after so many others."""
    digest = hmac.digest(secret.encode(), f"refresh/{login}/{generation}".encode(), hashlib.sha256)
    return urlsafe_b64encode(login.bytes + digest[:MAC]).decode()


def login_of(token: str) -> UUID | None:
    """Return whose token it says it is; None when it is none."""
    try:
        content = urlsafe_b64decode(token)
    except ValueError:
        return None
    return UUID(bytes=content[:16]) if len(content) == 16 + MAC else None


def judge(
    token: str,
    secrets: Sequence[str],
    login: UUID,
    *,
    generation: int,
    rotated_at: dt.datetime | None,
    now: dt.datetime,
) -> Use:
    """Return what to think of a token, made with any of the secrets; `generation` is that of the good one, which was
    given at `rotated_at`."""
    for number in range(generation, -1, -1):
        made = [refresh_token(secret, login, number) for secret in secrets]
        if any(hmac.compare_digest(token.encode(), each.encode()) for each in made):
            if number == generation:
                return Use.NEXT
            is_fresh = rotated_at is not None and now <= rotated_at + GRACE
            return Use.AGAIN if number == generation - 1 and is_fresh else Use.REUSED
    return Use.NONE

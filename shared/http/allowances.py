"""What is left of the limits that a request was counted under, in headers of its answer
(draft-ietf-httpapi-ratelimit-headers-10): a client slows down before it is refused.

Only what is the caller's own is told: what their address has used, and what a record has to which they show the key.
What is counted by a contact or a region is not: whoever gives somebody else's number would hear how much that one uses.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.types import Scope

Header = tuple[bytes, bytes]
NOTED = "vuoro.allowances"  # of a scope: where they are noted
REFUSED = 429  # says itself what is left, which is nothing


@dataclass(frozen=True)
class Allowance:
    """Of what limit how much is left: what it is counted by, how much it is in each window of time, and how long until
    that much is there again."""

    by: str
    most: int
    within: dt.timedelta
    left: int
    again: dt.timedelta

    @property
    def policy(self) -> str:
        """The limit, as an item of `RateLimit-Policy`."""
        return f'"{self.by}";q={self.most};w={round(self.within.total_seconds())}'

    @property
    def limit(self) -> str:
        """What is left of it, as an item of `RateLimit`."""
        return f'"{self.by}";r={self.left};t={max(1, round(self.again.total_seconds()))}'


def note_allowances(scope: Scope) -> list[Allowance]:
    """Return where the allowances of a request are noted; copies of its scope share it."""
    noted: list[Allowance] = scope.setdefault(NOTED, [])
    return noted


async def _allowances(request: Request) -> list[Allowance]:
    return note_allowances(request.scope)


Allowances = Annotated[list[Allowance], Depends(_allowances)]


def headers_of(allowances: Sequence[Allowance]) -> dict[str, str]:
    """Return the headers that tell of allowances: all of the limits, and what is left of the tightest; none when
    nothing was counted."""
    if not allowances:
        return {}
    tightest = min(allowances, key=lambda each: (each.left, -each.again))
    return {"RateLimit-Policy": ", ".join(each.policy for each in allowances), "RateLimit": tightest.limit}


def told(allowances: Sequence[Allowance], status: int) -> list[Header]:
    """Return the same as they are sent with an answer of that status."""
    if status == REFUSED:
        return []
    return [(name.lower().encode(), value.encode()) for name, value in headers_of(allowances).items()]

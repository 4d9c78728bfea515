"""How much may be done without signing in: by one address, for one contact or appointment, in one region.

A library's whole clientele may come from one address, so what an address may do is much; what is done to one person,
who gets a message each time, is little.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
What = Literal[
    "hold",
    "book",
    "book_unreachable",
    "series",
    "wait",
    "move",
    "correct",
    "verify",
    "resend",
    "read_calendar",
    "guess_calendar",
    "ask_links",
    "open_links",
    "say_feedback",
    "look_up",
]
By = Literal["address", "contact", "appointment", "visits", "region", "subscription", "caller"]
# What is the caller's own, so that they may hear what is left of it: their address, and what they show the key to. Of a
# contact or a region, others would hear what somebody else has used.
OWN: frozenset[By] = frozenset({"address", "appointment", "subscription", "caller"})


@dataclass(frozen=True)
class Limit:
    """So many of something in each window of time, counted by one of these; above what is `usual`, the citizen is asked
    to verify it."""

    by: By
    most: int
    within: dt.timedelta
    usual: int | None = None


LIMITS: dict[What, tuple[Limit, ...]] = {
    "hold": (Limit("address", 120, HOUR), Limit("region", 5000, DAY)),
    "book": (Limit("address", 60, HOUR, usual=20), Limit("contact", 6, DAY, usual=2), Limit("region", 5000, DAY)),
    # Of who gives no contact: nobody can be asked to verify it, so it is little. `visits` are those of one date at one
    # service point, which nobody may fill with names alone.
    "book_unreachable": (Limit("address", 6, DAY), Limit("visits", 3, DAY), Limit("region", 500, DAY)),
    # Of series, their visits.
    "series": (Limit("address", 60, HOUR, usual=20), Limit("contact", 12, DAY, usual=2), Limit("region", 5000, DAY)),
    "wait": (Limit("address", 30, HOUR), Limit("contact", 4, DAY), Limit("region", 2000, DAY)),
    "move": (Limit("address", 60, HOUR), Limit("appointment", 5, DAY)),
    "correct": (Limit("address", 60, HOUR), Limit("appointment", 5, DAY), Limit("contact", 6, DAY)),
    "verify": (Limit("address", 60, HOUR), Limit("appointment", 5, HOUR)),  # guesses of six digits
    "resend": (Limit("address", 60, HOUR), Limit("appointment", 3, DAY), Limit("contact", 6, DAY)),
    # Programs read once an hour or every few minutes, on several devices of one tutor. A service that reads for many
    # comes from few addresses, so an address that has guessed wrong is only not answered what else it guesses wrong.
    "read_calendar": (Limit("subscription", 120, HOUR),),
    "guess_calendar": (Limit("address", 120, HOUR),),
    # Each may send a message to somebody else; how often a code may be guessed is the lost link's own.
    "ask_links": (Limit("address", 30, HOUR), Limit("contact", 4, DAY)),
    "open_links": (Limit("address", 60, HOUR),),
    "say_feedback": (Limit("address", 60, HOUR), Limit("appointment", 10, DAY)),
    "look_up": (Limit("caller", 120, HOUR),),
}


@dataclass(frozen=True)
class Use:
    """Something that is done, as it is counted: by whom or what, and since when."""

    what: What
    by: By
    who: str
    since: dt.datetime
    most: int
    usual: int
    until: dt.datetime

    @property
    def name(self) -> str:
        """What is counted, by what."""
        return f"{self.what} {self.by}"


def uses(what: What, who: Mapping[By, Iterable[str]], now: dt.datetime, factor: float = 1) -> list[Use]:
    """Return what is counted when something is done now; `who` has the names that are known of each kind. `factor`
    multiplies all limits. Windows begin at whole multiples of their length."""
    return [_use(what, limit, name, now, factor) for limit in LIMITS[what] for name in who.get(limit.by, ())]


def _use(what: What, limit: Limit, who: str, now: dt.datetime, factor: float) -> Use:
    since = now - (now - dt.datetime.min.replace(tzinfo=dt.UTC)) % limit.within
    most = max(1, int(limit.most * factor))
    usual = most if limit.usual is None else max(1, int(limit.usual * factor))
    return Use(what, limit.by, who, since, most, usual, since + limit.within)

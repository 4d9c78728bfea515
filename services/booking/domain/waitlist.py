"""The waitlist for times that are not free yet: first come, first served within what each asked for."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from services.booking.domain.wall_time import DAY, instant, local_date

WaitlistState = Literal["waiting", "offered", "booked", "ended"]

ANSWER_WITHIN = dt.timedelta(hours=2)
SHORTEST_ANSWER = dt.timedelta(minutes=15)
MORNING, EVENING = dt.time(8), dt.time(20)
# Who has let so many offers pass needs no more of them.
MOST_MISSED = 3
# The hold outlives the time to answer a little, so that the time passes to the next entry before anybody sees it.
GRACE = dt.timedelta(minutes=2)


def answer_by(now: dt.datetime, start: dt.datetime, zone: str) -> dt.datetime | None:
    """Return until when an offered time waits for an answer: two hours of the day (8 to 20 on the wall of `zone`), or
    half of what is left until it begins; None when that is too short to be fair."""
    date = local_date(now, zone)
    evening = instant(date, EVENING, zone)
    awake = max(now, instant(date, MORNING, zone))
    if awake + ANSWER_WITHIN > evening:  # what does not fit into today is left for tomorrow
        rest = max(dt.timedelta(0), evening - awake)
        by = instant(date + DAY, MORNING, zone) + (ANSWER_WITHIN - rest)
    else:
        by = awake + ANSWER_WITHIN
    by = min(by, now + (start - now) / 2)
    return by if by - now >= SHORTEST_ANSWER else None


@dataclass(frozen=True)
class WaitAgain:
    """The entry waits on, behind the others; these starts are not offered to it again."""

    missed: list[str]


@dataclass(frozen=True)
class EndEntry:
    """Nobody seems to read the offers: the entry is closed, and its citizen erased."""


def after_missed(missed_before: list[str], start: str) -> WaitAgain | EndEntry:
    """Decide what becomes of an entry whose offer of `start` was not answered in time."""
    missed = [*missed_before, start]
    return EndEntry() if len(missed) >= MOST_MISSED else WaitAgain(missed)


@dataclass(frozen=True)
class Prospect:
    """How a tutor who gives what is waited for stands to an area: whether their organisation has a place there, whether
    they have hours to come there, and whether they have any at all."""

    is_own: bool
    has_hours_there: bool
    has_hours: bool


def is_worth_waiting(tutors: Iterable[Prospect]) -> bool:
    """Return whether some tutor helps there, now or later. One who has not said yet when they help may do so wherever
    their organisation is; one who has, helps there alone."""
    return any(tutor.has_hours_there or (tutor.is_own and not tutor.has_hours) for tutor in tutors)

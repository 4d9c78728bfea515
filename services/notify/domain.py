"""The pure rules of `notify`: which messages an event asks for, which are still worth sending, and when to try again.

Decisions are values; the actions carry them out.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from shared.retention import FAREWELL_KEPT, KEPT_EVERYWHERE, LOST_LINK_KEPT, NOTHING_ANYWHERE, Kept

Kind = Literal[
    "verification",
    "confirmation",
    "moved",
    "reassigned",
    "displaced",
    "cancelled",
    "replaced",
    "reminder",
    "joined",
    "offered",
    "lost_link",
    "sign_in",
    "sign_in_warning",
    "budget",
    "region_budget",
    "grant",
    "consent",
]
# Who signs in, who tries to, who is given what and who asks for what, is nobody else's business.
OF_ACCOUNTS: frozenset[Kind] = frozenset({"sign_in", "sign_in_warning", "grant", "consent"})
# What is for the operator and the coordinators is in no feed either, nor whether a lost link was there to be sent.
INTERNAL: frozenset[Kind] = OF_ACCOUNTS | {"budget", "region_budget", "lost_link"}
Closed = Literal["sent", "dropped", "failed"]

# The page of an appointment promises it (`web`, REMINDED_BEFORE). Reminders that were planned with another value are
# taken for those of a visit that was moved, and dropped.
REMIND_BEFORE = dt.timedelta(hours=24)
CODE_USEFUL_FOR = dt.timedelta(minutes=10)
WARNING_USEFUL_FOR = dt.timedelta(days=1)
GRANT_USEFUL_FOR = dt.timedelta(days=3)
CONSENT_USEFUL_FOR = dt.timedelta(days=3)
JOINED_USEFUL_FOR = dt.timedelta(days=3)
# The first tries are close together, since most outages are short; the last delay is repeated.
RETRIES = tuple(dt.timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 900, 3600))
# What a change of an appointment is announced as; changes that are not here are announced to nobody.
ANNOUNCED: dict[str, Kind] = {
    "booked": "confirmation",
    "moved": "moved",
    "reassigned": "reassigned",
    "displaced": "displaced",
    "cancelled": "cancelled",
    "corrected": "confirmation",
}
# Somebody with other contacts is told again what holds: by the state of their appointment, which change that is.
TOLD_AGAIN = {"booked": "corrected", "displaced": "displaced"}
# The state in which the subject of a message must still be when it is sent; for other kinds, "booked".
WANTED_STATE: dict[Kind, str] = {
    "cancelled": "cancelled",
    "displaced": "displaced",
    "offered": "held",
    "verification": "held",
}


# What the tables hold of a person, and how long. A table is in one of these, or a test fails.
KEPT: Kept = {"message": ("message",), "event": ("ids",), **KEPT_EVERYWHERE}
NOTHING_OF_A_PERSON = NOTHING_ANYWHERE | {"paid_messages", "paid_of_region"}


@dataclass(frozen=True)
class Planned:
    """A message to put into the outbox."""

    id: uuid.UUID
    kind: Kind
    channel: str
    due_at: dt.datetime
    not_after: dt.datetime


def plan(
    event_id: uuid.UUID, change: str, time: dt.datetime, start: dt.datetime, channels: Iterable[str]
) -> list[Planned]:
    """Return the messages that a change of an appointment asks for: one at once, and a reminder a day before."""
    if change not in ANNOUNCED or start <= time:
        return []
    planned = _on_each(channels, event_id, ANNOUNCED[change], due_at=time, not_after=start)
    if change not in ("cancelled", "displaced") and start - REMIND_BEFORE > time:
        planned += _on_each(channels, event_id, "reminder", due_at=start - REMIND_BEFORE, not_after=start)
    return planned


def plan_again(
    event_id: uuid.UUID, state: str, time: dt.datetime, start: dt.datetime, channels: Iterable[str]
) -> list[Planned]:
    """Return the messages to who asks to be told again what holds of an appointment in that state. Its reminder stands
    as it was planned."""
    if state not in TOLD_AGAIN or start <= time:
        return []
    return _on_each(channels, event_id, ANNOUNCED[TOLD_AGAIN[state]], due_at=time, not_after=start)


def plan_offer(event_id: uuid.UUID, time: dt.datetime, until: dt.datetime, channels: Iterable[str]) -> list[Planned]:
    """Return the messages about a time that is offered from the waitlist; they are of use while it is kept."""
    return _on_each(channels, event_id, "offered", due_at=time, not_after=until)


def plan_joined(event_id: uuid.UUID, time: dt.datetime, channels: Iterable[str]) -> list[Planned]:
    """Return the messages to somebody who waits, with the link to their place in the queue."""
    return _on_each(channels, event_id, "joined", due_at=time, not_after=time + JOINED_USEFUL_FOR)


def plan_verification(
    event_id: uuid.UUID, time: dt.datetime, until: dt.datetime, channels: Iterable[str]
) -> list[Planned]:
    """Return the messages with the code that verifies a booking; they are of use while its time is held."""
    return _on_each(channels, event_id, "verification", due_at=time, not_after=until)


def plan_replaced(event_id: uuid.UUID, time: dt.datetime, channels: Iterable[str]) -> list[Planned]:
    """Return the messages to a citizen's former contact, which somebody else has replaced."""
    return _on_each(channels, event_id, "replaced", due_at=time, not_after=time + FAREWELL_KEPT)


def plan_lost_link(event_id: uuid.UUID, time: dt.datetime, channels: Iterable[str]) -> list[Planned]:
    """Return the messages with lost links; they are of use while their code is good."""
    return _on_each(channels, event_id, "lost_link", due_at=time, not_after=time + LOST_LINK_KEPT)


def plan_sign_in(event_id: uuid.UUID, time: dt.datetime, channels: Iterable[str]) -> list[Planned]:
    """Return the messages with a sign-in code. Those whose channel has no address are dropped when they are due."""
    return _on_each(channels, event_id, "sign_in", due_at=time, not_after=time + CODE_USEFUL_FOR)


def plan_warning(event_id: uuid.UUID, time: dt.datetime, channels: Iterable[str]) -> list[Planned]:
    """Return the messages that warn somebody as whom another tries to sign in."""
    return _on_each(channels, event_id, "sign_in_warning", due_at=time, not_after=time + WARNING_USEFUL_FOR)


def plan_alarm(alarm: uuid.UUID, now: dt.datetime) -> list[Planned]:
    """Return the message to the operator that more is sent than a budget has; it goes by a channel that is free."""
    return _on_each(["email"], alarm, "budget", due_at=now, not_after=now + WARNING_USEFUL_FOR)


def plan_regions_alarm(alarm: uuid.UUID, coordinator: uuid.UUID, now: dt.datetime) -> list[Planned]:
    """Return the message to a coordinator of the region whose budget it is, likewise."""
    told = uuid.uuid5(alarm, str(coordinator))
    return _on_each(["email"], told, "region_budget", due_at=now, not_after=now + WARNING_USEFUL_FOR)


@dataclass(frozen=True)
class Budget:
    """How many messages that cost money are expected in a day and in a month; None when nobody has said."""

    per_day: int | None = None
    per_month: int | None = None

    def or_else(self, other: "Budget") -> "Budget":
        """Return it with what it does not say as the other says it."""
        per_day = other.per_day if self.per_day is None else self.per_day
        return Budget(per_day, other.per_month if self.per_month is None else self.per_month)


@dataclass(frozen=True)
class Spent:
    """How many messages that cost money were sent in a region on a day, and in its month up to then."""

    today: int
    this_month: int


def over_budget(spent: Spent, budget: Budget) -> list[tuple[Literal["day", "month"], int]]:
    """Return of what the last message is the first beyond the budget, and how much that is: later ones raise no
    alarm."""
    over: list[tuple[Literal["day", "month"], int]] = []
    if budget.per_day is not None and spent.today == budget.per_day + 1:
        over.append(("day", budget.per_day))
    if budget.per_month is not None and spent.this_month == budget.per_month + 1:
        over.append(("month", budget.per_month))
    return over


def makes_stale(change: str, kind: Kind) -> bool:
    """Whether a change of an appointment makes a message that is still due stale. A citizen who is erased still hears
    that their visit was cancelled by it, and a former contact that it is one."""
    return kind != "replaced" and (change, kind) != ("erased", "cancelled")


def plan_grant(event_id: uuid.UUID, time: dt.datetime, channels: Iterable[str]) -> list[Planned]:
    """Return the messages that tell an organisation of a role or scope that opens citizens' details."""
    return _on_each(channels, event_id, "grant", due_at=time, not_after=time + GRANT_USEFUL_FOR)


def plan_consent(event_id: uuid.UUID, time: dt.datetime, channels: Iterable[str]) -> list[Planned]:
    """Return the messages that tell of a consent that was asked for, or of the answer."""
    return _on_each(channels, event_id, "consent", due_at=time, not_after=time + CONSENT_USEFUL_FOR)


def _on_each(
    channels: Iterable[str], event_id: uuid.UUID, kind: Kind, *, due_at: dt.datetime, not_after: dt.datetime
) -> list[Planned]:
    # The ids follow from the event (RFC 9562 section 5.5), so that an event that is read again adds no message.
    return [
        Planned(uuid.uuid5(event_id, f"{kind}/{channel}"), kind, channel, due_at, not_after) for channel in channels
    ]


def why_drop(
    kind: Kind,
    *,
    state: str,
    not_after: dt.datetime,
    start: dt.datetime,
    now: dt.datetime,
) -> str | None:
    """Return why a message about an appointment that starts at `start` now is no longer worth sending; None when it
    is."""
    if now >= min(start, not_after) and kind != "cancelled":
        return "too late"
    if state != WANTED_STATE.get(kind, "booked"):
        return f"the appointment is {state}"
    if kind == "reminder" and not_after != start:
        # A move plans reminders of its own, so that this one would be a second, at the wrong hour. It is known by the
        # start that it was planned for, and not by its own hour: another version may remind earlier or later.
        return "the appointment was moved"
    return None


@dataclass(frozen=True)
class TryAgain:
    """Try once more, then."""

    at: dt.datetime


@dataclass(frozen=True)
class GiveUp:
    """There is no use in trying again."""

    reason: str


def after_failure(attempts: int, *, permanent: bool, now: dt.datetime, not_after: dt.datetime) -> TryAgain | GiveUp:
    """Return what to do when the `attempts`-th try has failed: try again, with growing delays, while the message is
    of use; else give up."""
    if permanent:
        return GiveUp("refused for good")
    at = now + RETRIES[min(max(attempts, 1), len(RETRIES)) - 1]
    return TryAgain(at) if at < not_after else GiveUp("too late")

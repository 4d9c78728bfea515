"""Which messages an event asks for, on each channel."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from services.notify.domain.kinds import Kind
from shared.retention import FAREWELL_KEPT, LOST_LINK_KEPT

# The page of an appointment promises it: `web` has the same number, and a test compares them.
REMIND_BEFORE = dt.timedelta(hours=24)
CODE_USEFUL_FOR = dt.timedelta(minutes=10)
WARNING_USEFUL_FOR = dt.timedelta(days=1)
GRANT_USEFUL_FOR = dt.timedelta(days=3)
CONSENT_USEFUL_FOR = dt.timedelta(days=3)
JOINED_USEFUL_FOR = dt.timedelta(days=3)
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
    """Return the messages to a citizen's former contact, which was replaced."""
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

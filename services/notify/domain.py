"""The pure rules of `notify`: what an event asks us to tell, whether it is still worth telling, and when to try again.

Decisions are values; the worker carries them out.
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal

Kind = Literal["confirmation", "moved", "reassigned", "displaced", "cancelled", "reminder", "offered", "sign_in"]
Channel = Literal["sms", "email"]
Closed = Literal["sent", "dropped", "failed"]

REMIND_BEFORE = dt.timedelta(hours=24)
CODE_USEFUL_FOR = dt.timedelta(minutes=10)
CHANNELS: tuple[Channel, ...] = ("sms", "email")
RETRIES = tuple(dt.timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 900, 3600))


@dataclass(frozen=True)
class Planned:
    """A message to put into the outbox."""

    id: uuid.UUID
    kind: Kind
    channel: Channel
    due_at: dt.datetime
    not_after: dt.datetime


def plan(event_id: uuid.UUID, what: str, time: dt.datetime, start: dt.datetime) -> list[Planned]:
    """The messages that a change of an appointment asks for. The ids follow from the event, so a replay adds none."""
    told: dict[str, Kind] = {
        "booked": "confirmation",
        "moved": "moved",
        "reassigned": "reassigned",
        "displaced": "displaced",
        "cancelled": "cancelled",
    }
    if what not in told or start <= time:
        return []
    times: list[tuple[Kind, dt.datetime]] = [(told[what], time)]
    if what not in ("cancelled", "displaced") and start - REMIND_BEFORE > time:
        times.append(("reminder", start - REMIND_BEFORE))
    return [
        Planned(uuid.uuid5(event_id, f"{kind}/{channel}"), kind, channel, due_at=at, not_after=start)
        for kind, at in times
        for channel in CHANNELS
    ]


def plan_offer(event_id: uuid.UUID, time: dt.datetime, until: dt.datetime) -> list[Planned]:
    """A time that is offered to somebody who waits: told at once, and only while it is kept for them."""
    return [
        Planned(uuid.uuid5(event_id, f"offered/{channel}"), "offered", channel, time, until) for channel in CHANNELS
    ]


def plan_sign_in(event_id: uuid.UUID, time: dt.datetime) -> list[Planned]:
    """The code of a sign-in: whichever of the two channels the person asked for has an address when it is sent."""
    return [
        Planned(uuid.uuid5(event_id, f"sign_in/{channel}"), "sign_in", channel, time, time + CODE_USEFUL_FOR)
        for channel in CHANNELS
    ]


def why_drop(
    kind: Kind,
    *,
    state: str,
    due_at: dt.datetime,
    not_after: dt.datetime,
    start: dt.datetime,
    now: dt.datetime,
) -> str | None:
    """Why a message about an appointment is no longer worth sending; None when it is."""
    if now >= min(start, not_after) and kind != "cancelled":
        return "too late"
    wanted = {"cancelled": "cancelled", "displaced": "displaced", "offered": "held"}.get(kind, "booked")
    if state != wanted:
        return f"the appointment is {state}"
    if kind == "reminder" and due_at != start - REMIND_BEFORE:
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
    """What to do when the `attempts`-th try has failed: ever more patiently, for as long as the message is of use."""
    if permanent:
        return GiveUp("refused for good")
    at = now + RETRIES[min(max(attempts, 1), len(RETRIES)) - 1]
    return TryAgain(at) if at < not_after else GiveUp("too late")

"""What may happen to an appointment: its states, the steps between them, and who may still take them."""

import datetime as dt
from typing import Literal

from services.booking.domain.wall_time import DAY, local_date

State = Literal["held", "lapsed", "booked", "displaced", "cancelled", "attended", "no_show"]
Step = Literal[
    "hold",
    "extend",
    "lapse",
    "release",
    "book",
    "move",
    "reassign",
    "displace",
    "cancel",
    "mark_attended",
    "mark_no_show",
    "reopen",
]
# What is done because time has passed, and nobody asked.
CLOCK = "clock"
NEW = "new"

# Every way from one state to the next; what is not here cannot happen. An outcome may be corrected, or undone.
TRANSITIONS: dict[tuple[State | Literal["new"], Step], State] = {
    ("new", "hold"): "held",
    ("new", "book"): "booked",
    ("held", "extend"): "held",
    ("held", "book"): "booked",
    ("held", "release"): "cancelled",
    ("held", "lapse"): "lapsed",
    ("booked", "move"): "booked",
    ("booked", "reassign"): "booked",
    ("booked", "displace"): "displaced",
    ("booked", "cancel"): "cancelled",
    ("booked", "mark_attended"): "attended",
    ("booked", "mark_no_show"): "no_show",
    ("displaced", "move"): "booked",
    ("displaced", "cancel"): "cancelled",
    ("attended", "mark_attended"): "attended",
    ("attended", "mark_no_show"): "no_show",
    ("no_show", "mark_attended"): "attended",
    ("no_show", "mark_no_show"): "no_show",
    ("attended", "reopen"): "booked",
    ("no_show", "reopen"): "booked",
}


def after(state: State | Literal["new"], step: Step) -> State | None:
    """Return the state that follows; None when the step is not possible."""
    return TRANSITIONS.get((state, step))


def diagram() -> str:
    """Return the table of transitions as a Mermaid state diagram, for the documents."""
    ways: dict[tuple[str, str], list[str]] = {}
    for (state, step), following in TRANSITIONS.items():
        ways.setdefault(("[*]" if state == NEW else state, following), []).append(step)
    lines = [f"    {state} --> {following}: {', '.join(steps)}" for (state, following), steps in ways.items()]
    return "\n".join(["stateDiagram-v2", *lines])


def may_cancel(actor: str, starts: dt.datetime, now: dt.datetime) -> bool:
    """Whether `actor` may still cancel. A citizen may until the start; tutors and desks may afterwards, too, since they
    set the record right."""
    return actor != "citizen" or starts > now


def may_move(actor: str, state: State, starts: dt.datetime, now: dt.datetime) -> bool:
    """Whether `actor` may still move an appointment: as `may_cancel`; who has lost their time may at any moment."""
    return state != "booked" or may_cancel(actor, starts, now)


def may_have_outcome(starts: dt.datetime, now: dt.datetime) -> bool:
    """Whether it can be said how a visit ended: from its start on."""
    return starts <= now


def may_reopen(ends: dt.datetime, now: dt.datetime, zone: str) -> bool:
    """Whether an outcome may still be undone: until the end of the local day after the visit."""
    return local_date(now, zone) <= local_date(ends, zone) + DAY


def is_to_come(state: State, starts: dt.datetime, now: dt.datetime) -> bool:
    """Whether somebody still expects this visit, so that it cannot just be forgotten."""
    return state in ("booked", "displaced") and starts > now

"""What may happen to an appointment, what a slot's id says, and why a start is refused."""

import base64
import binascii
import datetime as dt
import enum
import hmac
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple
from uuid import UUID

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
]
NEW = "new"

# Every way from one state to the next; what is not here cannot happen. An outcome may be corrected.
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
}


def after(state: State | Literal["new"], step: Step) -> State | None:
    """The state that follows; None when the step is not possible."""
    return TRANSITIONS.get((state, step))


def diagram() -> str:
    """The table of transitions as a Mermaid state diagram, for the documents."""
    ways: dict[tuple[str, str], list[str]] = {}
    for (state, step), following in TRANSITIONS.items():
        ways.setdefault(("[*]" if state == NEW else state, following), []).append(step)
    lines = [f"    {state} --> {following}: {', '.join(steps)}" for (state, following), steps in ways.items()]
    return "\n".join(["stateDiagram-v2", *lines])


class Refusal(enum.Enum):
    """Why a start cannot be booked."""

    PAST = "it has passed"
    TAKEN = "somebody else has it"
    GONE = "it is no longer offered"
    NO_SLOT = "it never was a slot"


def why_refused(
    start: dt.datetime, now: dt.datetime, *, known: bool, serves_topic: bool, on_grid: bool, collides: bool
) -> Refusal:
    """The reason to give for a start that is not free: `known` says that tutor, offering and place fit together."""
    if start <= now:
        return Refusal.PAST
    if not (known and serves_topic and on_grid):
        return Refusal.NO_SLOT
    return Refusal.TAKEN if collides else Refusal.GONE


CHANNELS = ("on_site", "phone", "video", "home")
NOBODY = NOWHERE = UUID(int=0)
LAYOUT = struct.Struct(">16s16s16sBHHI")  # 57 bytes: a multiple of three, so that base64 needs no padding
LAST_MINUTE = int(dt.datetime(2200, 1, 1, tzinfo=dt.UTC).timestamp()) // 60


class SlotKey(NamedTuple):
    """What a slot's id says. It is no secret and proves nothing: every booking checks it against the free spans.
    Without a tutor it means any helper who is free then."""

    tutor_id: UUID | None
    offering_id: UUID
    service_point_id: UUID | None
    channel: str
    duration: int
    start: dt.datetime
    municipality: str | None = None

    def encode(self) -> str:
        """The id: 76 letters that are safe in a URL."""
        raw = LAYOUT.pack(
            (self.tutor_id or NOBODY).bytes,
            self.offering_id.bytes,
            (self.service_point_id or NOWHERE).bytes,
            CHANNELS.index(self.channel),
            self.duration,
            int(self.municipality or 0),
            int(self.start.timestamp()) // 60,
        )
        return base64.urlsafe_b64encode(raw).decode()

    @classmethod
    def decode(cls, text: str) -> "SlotKey | None":
        """What an id says; None for a text that is none."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        if len(raw) != LAYOUT.size:
            return None
        tutor, offering, place, channel, duration, municipality, minute = LAYOUT.unpack(raw)
        if channel >= len(CHANNELS) or minute > LAST_MINUTE or municipality > 999:
            return None
        return cls(
            tutor_id=None if tutor == NOBODY.bytes else UUID(bytes=tutor),
            offering_id=UUID(bytes=offering),
            service_point_id=None if place == NOWHERE.bytes else UUID(bytes=place),
            channel=CHANNELS[channel],
            duration=duration,
            start=dt.datetime.fromtimestamp(minute * 60, dt.UTC),
            municipality=f"{municipality:03}" if municipality else None,
        )

    def by(self, tutor: UUID | None) -> "SlotKey":
        """The same time and place with that tutor; with None, with any."""
        return self._replace(tutor_id=tutor)


def manage_token(secret: str, record_id: UUID) -> str:
    """A citizen's own key to an appointment: 128 bits that only this service can make, in 22 letters for an SMS."""
    digest = hmac.digest(secret.encode(), record_id.bytes, "sha256")
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


@dataclass(frozen=True)
class Helper:
    """A tutor who could take a visit, with how many minutes of visits they have had and will have around now."""

    tutor_id: UUID
    load_minutes: int


def fairest(helpers: Iterable[Helper], prefer: UUID | None = None) -> list[UUID]:
    """Who is asked first: the one whom the citizen prefers, then the least loaded; never by chance."""
    ranked = sorted(helpers, key=lambda helper: (helper.tutor_id != prefer, helper.load_minutes, helper.tutor_id))
    return [helper.tutor_id for helper in ranked]


def wrong_answers(asked: Sequence[Mapping[str, Any]], answers: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the answers to an offering's questions, by JSON pointer: one that is needed is missing, or
    answers what nobody asked."""
    codes = {question["code"] for question in asked}
    missing = [question["code"] for question in asked if question["needed"] and not answers.get(question["code"])]
    strange = [code for code in answers if code not in codes]
    return {f"/answers/{code}": "missing" for code in missing} | {
        f"/answers/{code}": "extra_forbidden" for code in strange
    }

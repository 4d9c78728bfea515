"""What may happen to an appointment, what a slot's id says, and why a start is refused."""

import base64
import binascii
import datetime as dt
import enum
import hmac
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

State = Literal["booked", "cancelled", "attended", "no_show"]
Step = Literal["cancel", "move", "mark_attended", "mark_no_show"]

# Every way from one state to the next; what is not here cannot happen. An outcome may be corrected.
TRANSITIONS: dict[tuple[State, Step], State] = {
    ("booked", "cancel"): "cancelled",
    ("booked", "move"): "booked",
    ("booked", "mark_attended"): "attended",
    ("booked", "mark_no_show"): "no_show",
    ("attended", "mark_attended"): "attended",
    ("attended", "mark_no_show"): "no_show",
    ("no_show", "mark_attended"): "attended",
    ("no_show", "mark_no_show"): "no_show",
}


def after(state: State, step: Step) -> State | None:
    """The state that follows; None when the step is not possible."""
    return TRANSITIONS.get((state, step))


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
NOWHERE = UUID(int=0)
SLOT_BYTES = 16 * 3 + 1 + 4
LAST_MINUTE = int(dt.datetime(2200, 1, 1, tzinfo=dt.UTC).timestamp()) // 60


@dataclass(frozen=True)
class SlotKey:
    """What a slot's id says. It is no secret and proves nothing: every booking checks it against the free spans."""

    tutor_id: UUID
    offering_id: UUID
    service_point_id: UUID | None
    channel: str
    start: dt.datetime

    def encode(self) -> str:
        """The id: 71 letters that are safe in a URL."""
        place = self.service_point_id or NOWHERE
        minute = int(self.start.timestamp()) // 60
        raw = self.tutor_id.bytes + self.offering_id.bytes + place.bytes
        raw += bytes([CHANNELS.index(self.channel)]) + minute.to_bytes(4, "big")
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> "SlotKey | None":
        """What an id says; None for a text that is none."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        if len(raw) != SLOT_BYTES or raw[48] >= len(CHANNELS):
            return None
        minute = int.from_bytes(raw[49:], "big")
        if minute > LAST_MINUTE:
            return None
        place = UUID(bytes=raw[32:48])
        return cls(
            tutor_id=UUID(bytes=raw[:16]),
            offering_id=UUID(bytes=raw[16:32]),
            service_point_id=None if place == NOWHERE else place,
            channel=CHANNELS[raw[48]],
            start=dt.datetime.fromtimestamp(minute * 60, dt.UTC),
        )


def manage_token(secret: str, appointment_id: UUID) -> str:
    """A citizen's own key to an appointment: 128 bits that only this service can make, in 22 letters for an SMS."""
    digest = hmac.digest(secret.encode(), appointment_id.bytes, "sha256")
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")

"""Slots: what a slot's id says, why a start is refused, and which others are nearest to it."""

import base64
import binascii
import datetime as dt
import enum
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar
from uuid import UUID

from services.booking.domain.wall_time import MINUTE


class Refusal(enum.Enum):
    """Why a start cannot be booked."""

    PAST = "it has passed"
    TAKEN = "somebody else has it"
    GONE = "it is no longer offered"
    NO_SLOT = "it never was a slot"


def why_refused(
    start: dt.datetime, now: dt.datetime, *, known: bool, serves_topic: bool, on_grid: bool, collides: bool
) -> Refusal:
    """Return the reason to give for a start that is not free. `known` says that tutor, offering and place fit
    together, `collides` that a claim takes its time."""
    if start <= now:
        return Refusal.PAST
    if not (known and serves_topic and on_grid):
        return Refusal.NO_SLOT
    return Refusal.TAKEN if collides else Refusal.GONE


CHANNELS = ("on_site", "phone", "video", "home")
NOBODY = NOWHERE = UUID(int=0)
LAYOUT = struct.Struct(">16s16s16sBHHI")  # 57 bytes: a multiple of three, so that base64 needs no padding
LAST_MINUTE = int(dt.datetime(2200, 1, 1, tzinfo=dt.UTC).timestamp()) // 60


class Visit(Protocol):
    """Who is met, about what, where and when."""

    @property
    def tutor_id(self) -> UUID: ...

    @property
    def offering_id(self) -> UUID: ...

    @property
    def service_point_id(self) -> UUID | None: ...

    @property
    def channel(self) -> str: ...

    @property
    def starts(self) -> dt.datetime: ...

    @property
    def ends(self) -> dt.datetime: ...

    @property
    def municipality(self) -> str | None: ...


class SlotKey(NamedTuple):
    """What a slot's id says. It is no secret and proves nothing: every booking checks it against the free spans.
    Without a tutor it means any who is free then."""

    tutor_id: UUID | None
    offering_id: UUID
    service_point_id: UUID | None
    channel: str
    duration: int
    start: dt.datetime
    municipality: str | None = None

    @classmethod
    def of(cls, visit: Visit) -> "SlotKey":
        """Return the slot that an appointment or a hold has."""
        return cls(
            tutor_id=visit.tutor_id,
            offering_id=visit.offering_id,
            service_point_id=visit.service_point_id,
            channel=visit.channel,
            duration=(visit.ends - visit.starts) // MINUTE,
            start=visit.starts,
            municipality=visit.municipality,
        )

    def encode(self) -> str:
        """Return the id: 76 letters that are safe in a URL (RFC 4648 section 5)."""
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
        """Return what an id says; None for a text that is none."""
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
        """Return the same time and place with that tutor; with None, with any."""
        return self._replace(tutor_id=tutor)


@dataclass(frozen=True)
class RefusedSlot:
    """A slot that cannot be taken. The reason is None until somebody looks for it: to explain takes a search, which
    only the answer to the caller needs. `organisation` is whose times come first as alternatives, if anybody's."""

    slot: SlotKey
    topic: str
    reason: Refusal | None = None
    organisation: UUID | None = None


class Started(Protocol):
    """Something that starts at an instant."""

    @property
    def start(self) -> dt.datetime: ...


Found = TypeVar("Found", bound=Started)

ALTERNATIVES = 5


def nearest(found: Iterable[Found], start: dt.datetime) -> list[Found]:
    """Return the `ALTERNATIVES` that are nearest to `start`, in order of time."""
    ranked = sorted(found, key=lambda each: (abs(each.start - start), each.start))[:ALTERNATIVES]
    return sorted(ranked, key=lambda each: each.start)

"""Free spans: runs of starts that can be booked, and those starts one by one."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from uuid import UUID

from services.booking.domain.slots import SlotKey


class FreeSpan(NamedTuple):
    """Starts that can be booked from `free_from` on (None: at once): `first_start`, every `step_minutes`, to
    `last_start`, for each of `topics`. A `plain` one changes only by what is claimed of its tutor."""

    first_start: dt.datetime
    last_start: dt.datetime
    free_from: dt.datetime | None
    tutor_id: UUID
    offering_id: UUID
    service_point_id: UUID | None
    step_minutes: int
    duration_minutes: int
    before_minutes: int
    after_minutes: int
    notice_minutes: int
    seats_left: int | None
    drop_in: bool
    plain: bool
    channel: str
    region: str
    municipality: str | None
    languages: tuple[str, ...]
    features: tuple[str, ...]
    topics: tuple[str, ...]


class FreeStart(NamedTuple):
    """One start of a free span for one topic, with all that is known of it, however it is laid out in rows.
    `lead` marks one topic of several, for searches over every topic."""

    tutor_id: UUID
    offering_id: UUID
    service_point_id: UUID | None
    municipality: str | None
    channel: str
    topic: str
    duration_minutes: int
    lead: bool
    plain: bool
    start: dt.datetime
    free_from: dt.datetime | None
    seats_left: int | None
    notice_minutes: int
    before_minutes: int
    after_minutes: int
    region: str
    languages: tuple[str, ...]
    features: tuple[str, ...]

    def is_free(self, slot: SlotKey, now: dt.datetime) -> bool:
        """Whether it is the start of a slot, whosever that is, and nobody holds it now."""
        own = SlotKey(
            tutor_id=slot.tutor_id,
            offering_id=self.offering_id,
            service_point_id=self.service_point_id,
            channel=self.channel,
            duration=self.duration_minutes,
            start=self.start,
            municipality=self.municipality if self.channel == "home" else None,
        )
        return own == slot and (self.free_from is None or self.free_from <= now)


def starts_of(spans: Iterable[FreeSpan]) -> Iterator[FreeStart]:
    """Yield the starts of spans one by one."""
    for span in spans:
        step = dt.timedelta(minutes=span.step_minutes)
        for number, topic in enumerate(span.topics):
            at = span.first_start
            while at <= span.last_start:
                yield _start_of(span, topic, at, lead=number == 0)
                at += step


def _start_of(span: FreeSpan, topic: str, at: dt.datetime, *, lead: bool) -> FreeStart:
    return FreeStart(
        tutor_id=span.tutor_id,
        offering_id=span.offering_id,
        service_point_id=span.service_point_id,
        municipality=span.municipality,
        channel=span.channel,
        topic=topic,
        duration_minutes=span.duration_minutes,
        lead=lead,
        plain=span.plain,
        start=at,
        free_from=span.free_from,
        seats_left=span.seats_left,
        notice_minutes=span.notice_minutes,
        before_minutes=span.before_minutes,
        after_minutes=span.after_minutes,
        region=span.region,
        languages=span.languages,
        features=span.features,
    )

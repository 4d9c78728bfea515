"""The rows that decide some tutors' time, as `store.week` loads them."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from shared.intervals import Interval


@dataclass(frozen=True)
class TutorRow:
    """A tutor; `holidays` is the country whose public holidays are closed, by ISO 3166 code. `withdrawn` are the
    service points at which the consent to their organisation was withdrawn."""

    id: UUID
    region: str
    organisation_id: UUID
    languages: list[str]
    topics: list[str]
    channels: list[str]
    home_municipalities: list[str]
    active: bool
    withdrawn: list[UUID]
    zone: str
    holidays: str | None


@dataclass(frozen=True)
class OfferingRow:
    """An active offering of the tutors' organisations; `breaks` are pairs of wall times, as `from` and `to`."""

    id: UUID
    organisation_id: UUID
    topics: list[str]
    channels: list[str]
    durations: list[int]
    buffer_before_minutes: int
    buffer_after_minutes: int
    grid_minutes: int
    notice_minutes: int
    horizon_days: int
    most_per_day: int | None
    most_per_week: int | None
    breaks: list[dict[str, str]]
    capacity: int
    tutors: int
    needs: list[str]

    @property
    def is_shared(self) -> bool:
        """Whether its free starts depend on other tutors' time, or on rooms and devices."""
        return self.tutors > 1 or bool(self.needs)

    @property
    def is_bounded(self) -> bool:
        """Whether a tutor has a most of visits a day or a week."""
        return self.most_per_day is not None or self.most_per_week is not None


@dataclass(frozen=True)
class WeeklyHoursRow:
    """A tutor's weekly hours; `recurrence` is an RRULE that begins on `starts_on`, `last_on` its last date."""

    tutor_id: UUID
    service_point_id: UUID | None
    channels: list[str]
    offerings: list[UUID] | None
    opens: dt.time
    closes: dt.time
    zone: str
    starts_on: dt.date
    last_on: dt.date | None
    recurrence: str


@dataclass(frozen=True)
class ExtraTimeRow:
    """A tutor's open time on one occasion."""

    tutor_id: UUID
    service_point_id: UUID | None
    channels: list[str]
    offerings: list[UUID] | None
    starts: dt.datetime
    ends: dt.datetime


@dataclass(frozen=True)
class AwayRow:
    """Time that is not open: an absence or external busy time of a tutor, a closing of a service point."""

    whose: UUID
    external: bool
    starts: dt.datetime
    ends: dt.datetime


@dataclass(frozen=True)
class ClaimRow:
    """A claim on a tutor, a room or a device, with its visit's start, length and seats."""

    resource_id: UUID
    visit_id: UUID
    busy_starts: dt.datetime
    busy_ends: dt.datetime
    expires: dt.datetime | None
    kind: str
    starts: dt.datetime
    offering_id: UUID
    duration: int
    channel: str
    service_point_id: UUID | None
    municipality: str | None
    seats: list[dt.datetime | None]

    @property
    def busy(self) -> Interval:
        """The time that is taken, buffers included."""
        return Interval(self.busy_starts, self.busy_ends)


@dataclass(frozen=True)
class PointRow:
    """A service point; `equipment` says how many rooms and devices of each kind it has."""

    id: UUID
    municipality: str
    lat: float | None
    lon: float | None
    features: list[str]
    equipment: dict[str, int]
    active: bool


@dataclass(frozen=True)
class StaffedRow:
    """A service point's staffed hours on a date that is known, as pairs of wall times."""

    service_point_id: UUID
    date: dt.date
    hours: list[list[str]]


@dataclass(frozen=True)
class CentreRow:
    """The middle of a municipality: where a visit at a home there is taken to be."""

    code: str
    lat: float | None
    lon: float | None


@dataclass(frozen=True)
class WeekRows:
    """All rows that bear on some tutors' time."""

    tutors: list[TutorRow]
    offerings: list[OfferingRow]
    hours: list[WeeklyHoursRow]
    extra: list[ExtraTimeRow]
    away: list[AwayRow]
    claims: list[ClaimRow]
    points: list[PointRow]
    staffed: list[StaffedRow]
    centres: list[CentreRow]

"""The tables of `booking`: copies of the registry, rules of time, what is free, what is booked."""

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from services.booking.domain.appointments import State
from shared import db
from shared.db import primary_key


class Base(db.Base):
    """The base of this service's own tables."""

    __abstract__ = True
    metadata = sa.MetaData()


class Municipality(Base):
    """A copy."""

    __tablename__ = "municipality"
    code: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str]


class ServicePoint(Base):
    """A copy."""

    __tablename__ = "service_point"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    region: Mapped[str]
    municipality: Mapped[str]
    name: Mapped[dict[str, Any]]
    address: Mapped[str]
    active: Mapped[bool]


class StaffedDay(Base):
    """A copy: a service point's staffed hours on a date that is known, as pairs of wall-clock times."""

    __tablename__ = "staffed_day"
    service_point_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    date: Mapped[dt.date] = mapped_column(primary_key=True)
    hours: Mapped[Any] = mapped_column(JSONB)


class Tutor(Base):
    """A copy, and on which local date all the tutor's free spans were last worked out, as far as the horizon then."""

    __tablename__ = "tutor"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    region: Mapped[str]
    organisation_id: Mapped[uuid.UUID] = mapped_column(index=True)
    display_name: Mapped[str]
    languages: Mapped[list[str]]
    topics: Mapped[list[str]]
    channels: Mapped[list[str]]
    active: Mapped[bool]
    refreshed_on: Mapped[dt.date | None] = mapped_column(index=True)


class Offering(Base):
    """A copy."""

    __tablename__ = "offering"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(index=True)
    topics: Mapped[list[str]]
    channels: Mapped[list[str]]
    duration_minutes: Mapped[int]
    buffer_before_minutes: Mapped[int]
    buffer_after_minutes: Mapped[int]
    grid_minutes: Mapped[int]
    notice_minutes: Mapped[int]
    horizon_days: Mapped[int]
    bring: Mapped[dict[str, Any] | None]
    active: Mapped[bool]


class Availability(Base):
    """A tutor's weekly hours in local wall time."""

    __tablename__ = "availability"
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str]
    tutor_id: Mapped[uuid.UUID] = mapped_column(index=True)
    service_point_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    channels: Mapped[list[str]]
    weekday: Mapped[int] = mapped_column(sa.SmallInteger)
    opens: Mapped[dt.time]
    closes: Mapped[dt.time]
    zone: Mapped[str]
    valid_from: Mapped[dt.date | None]
    valid_until: Mapped[dt.date | None]


class Absence(Base):
    """Time away, `[starts, ends)`."""

    __tablename__ = "absence"
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str]
    tutor_id: Mapped[uuid.UUID] = mapped_column(index=True)
    starts: Mapped[dt.datetime]
    ends: Mapped[dt.datetime]


class FreeSpan(Base):
    """Starts that can be booked now: `first_start`, every `step_minutes`, to `last_start`. One row for each topic, with
    all that a search filters by; `lead` marks one of them, for searches over every topic."""

    __tablename__ = "free_span"
    __table_args__ = (
        sa.Index("free_span_by_municipality", "topic", "municipality", "first_start"),
        sa.Index("free_span_by_region", "topic", "region", "first_start"),
        sa.Index("free_span_by_service_point", "service_point_id", "topic", "first_start"),
        sa.Index("free_span_lead", "municipality", "first_start", postgresql_where=sa.text("lead")),
        sa.Index("free_span_by_tutor", "tutor_id", "first_start"),
    )
    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    tutor_id: Mapped[uuid.UUID]
    offering_id: Mapped[uuid.UUID]
    service_point_id: Mapped[uuid.UUID | None]
    channel: Mapped[str]
    topic: Mapped[str]
    lead: Mapped[bool]
    region: Mapped[str]
    municipality: Mapped[str | None]
    languages: Mapped[list[str]]
    first_start: Mapped[dt.datetime]
    last_start: Mapped[dt.datetime]
    step_minutes: Mapped[int]
    duration_minutes: Mapped[int]
    notice_minutes: Mapped[int]


class Appointment(Base):
    """A claim on a tutor's time. `busy` is the time with its buffers, and the database lets no two live ones overlap.
    Nothing here tells who the citizen is."""

    __tablename__ = "appointment"
    __table_args__ = (
        ExcludeConstraint(
            ("tutor_id", "="),
            ("busy", "&&"),
            name="tutor_in_one_place",
            using="gist",
            where=sa.text("state <> 'cancelled'"),
        ),
        sa.Index("appointment_by_tutor", "tutor_id", "starts"),
        sa.Index("appointment_by_organisation", "organisation_id", "starts"),
    )
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str]
    organisation_id: Mapped[uuid.UUID]
    tutor_id: Mapped[uuid.UUID]
    offering_id: Mapped[uuid.UUID]
    service_point_id: Mapped[uuid.UUID | None]
    channel: Mapped[str]
    topic: Mapped[str]
    starts: Mapped[dt.datetime]
    ends: Mapped[dt.datetime]
    busy: Mapped[Range[dt.datetime]] = mapped_column(TSTZRANGE)
    state: Mapped[State] = mapped_column(sa.Text)
    sequence: Mapped[int] = mapped_column(server_default="0")
    result: Mapped[str | None]
    manages_alone: Mapped[bool | None]
    booked_by: Mapped[str]
    booked_for_organisation: Mapped[uuid.UUID | None]
    cancelled_by: Mapped[str | None]
    cancelled_at: Mapped[dt.datetime | None]


class Citizen(Base):
    """What the visit needs to know of the person who comes. Can be erased without touching the appointment."""

    __tablename__ = "citizen"
    appointment_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("appointment.id"), primary_key=True)
    name: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    language: Mapped[str]
    note: Mapped[str | None]
    code_word: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(unique=True)

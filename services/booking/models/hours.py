"""Tutors' rules of time: weekly hours, extra time, absences, and how their week is read."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.booking.models.base import Base
from shared.db import primary_key


class Availability(Base):
    """A tutor's weekly hours in local wall time: an RFC 5545 recurrence that starts on the date `starts_on`.

    `last_on` is its last date in whatever zone; UNTIL of `recurrence` is for versions that do not know it."""

    __tablename__ = "availability"
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str]
    tutor_id: Mapped[uuid.UUID] = mapped_column(index=True)
    service_point_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    channels: Mapped[list[str]]
    offerings: Mapped[list[uuid.UUID] | None] = mapped_column(sa.ARRAY(sa.Uuid))
    opens: Mapped[dt.time]
    closes: Mapped[dt.time]
    zone: Mapped[str]
    starts_on: Mapped[dt.date]
    last_on: Mapped[dt.date | None]
    recurrence: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="0")


class ExtraTime(Base):
    """Open time on one occasion, `[starts, ends)`."""

    __tablename__ = "extra_time"
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str]
    tutor_id: Mapped[uuid.UUID] = mapped_column(index=True)
    service_point_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    channels: Mapped[list[str]]
    offerings: Mapped[list[uuid.UUID] | None] = mapped_column(sa.ARRAY(sa.Uuid))
    starts: Mapped[dt.datetime]
    ends: Mapped[dt.datetime]


class Absence(Base):
    """Time away, `[starts, ends)`. What was given as dates is kept as dates, too, and read in the tutor's zone."""

    __tablename__ = "absence"
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str]
    tutor_id: Mapped[uuid.UUID] = mapped_column(index=True)
    starts: Mapped[dt.datetime]
    ends: Mapped[dt.datetime]
    first_on: Mapped[dt.date | None]
    last_on: Mapped[dt.date | None]


class TutorTime(Base):
    """How a tutor's week is read: in which zone, and whose public holidays close it, by ISO 3166 code."""

    __tablename__ = "tutor_time"
    tutor_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    zone: Mapped[str]
    holidays: Mapped[str | None]

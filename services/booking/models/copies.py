"""The copies of the registry."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.booking.models.base import Base
from shared.db import JsonObject


class MunicipalityCopy(Base):
    """A copy."""

    __tablename__ = "municipality"
    code: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str]
    sub_region: Mapped[str] = mapped_column(index=True)
    neighbours: Mapped[list[str]]
    lat: Mapped[float | None]
    lon: Mapped[float | None]


class OrganisationCopy(Base):
    """A copy."""

    __tablename__ = "organisation"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    region: Mapped[str]
    phone: Mapped[str | None]
    retention_days: Mapped[int]


class ServicePointCopy(Base):
    """A copy, and on which local date its drop-in windows were last laid out."""

    __tablename__ = "service_point"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    region: Mapped[str]
    organisation_id: Mapped[uuid.UUID | None]
    municipality: Mapped[str] = mapped_column(index=True)
    name: Mapped[JsonObject]
    address: Mapped[str]
    address_sv: Mapped[str | None]
    phone: Mapped[str | None]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    features: Mapped[list[str]]
    equipment: Mapped[JsonObject]
    drop_in: Mapped[object] = mapped_column(JSONB)
    weekly_hours: Mapped[object] = mapped_column(JSONB, server_default="[]")
    active: Mapped[bool]
    refreshed_on: Mapped[dt.date | None]


class StaffedDay(Base):
    """A copy: a service point's staffed hours on a date that is known, as pairs of wall-clock times."""

    __tablename__ = "staffed_day"
    service_point_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    date: Mapped[dt.date] = mapped_column(primary_key=True)
    hours: Mapped[list[list[str]]] = mapped_column(JSONB)


class ConsentCopy(Base):
    """A copy: whether an organisation's tutors may help at another organisation's service point."""

    __tablename__ = "consent"
    service_point_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    allowed: Mapped[bool]


class TutorCopy(Base):
    """A copy; on which local date all the tutor's free spans were last worked out, as far as the horizon then; and
    whether they depend on other tutors' time or on rooms, so that they change together."""

    __tablename__ = "tutor"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    region: Mapped[str]
    organisation_id: Mapped[uuid.UUID] = mapped_column(index=True)
    display_name: Mapped[str]
    languages: Mapped[list[str]]
    topics: Mapped[list[str]]
    channels: Mapped[list[str]]
    home_municipalities: Mapped[list[str]]
    active_from: Mapped[dt.date | None]
    active_until: Mapped[dt.date | None]
    active: Mapped[bool]
    ended: Mapped[bool] = mapped_column(server_default=sa.false())
    refreshed_on: Mapped[dt.date | None] = mapped_column(index=True)
    pooled: Mapped[bool] = mapped_column(server_default=sa.false())


class OfferingCopy(Base):
    """A copy."""

    __tablename__ = "offering"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(index=True)
    topics: Mapped[list[str]]
    channels: Mapped[list[str]]
    duration_minutes: Mapped[int]
    other_durations_minutes: Mapped[list[int]] = mapped_column(sa.ARRAY(sa.Integer))
    buffer_before_minutes: Mapped[int]
    buffer_after_minutes: Mapped[int]
    grid_minutes: Mapped[int]
    notice_minutes: Mapped[int]
    horizon_days: Mapped[int]
    most_per_day: Mapped[int | None]
    most_per_week: Mapped[int | None]
    breaks: Mapped[object] = mapped_column(JSONB)
    capacity: Mapped[int]
    helpers: Mapped[int]
    needs: Mapped[list[str]]
    bring: Mapped[JsonObject | None]
    questions: Mapped[object] = mapped_column(JSONB, server_default="[]")
    name: Mapped[JsonObject | None] = mapped_column(doc="none until its next event, of one from before")
    active: Mapped[bool]

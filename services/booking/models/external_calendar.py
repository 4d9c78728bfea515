"""Tutors' external calendars, and their busy time."""

import datetime as dt
import uuid

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.booking.models.base import Base


class ExternalCalendar(Base):
    """A tutor's external calendar. Its address is a secret."""

    __tablename__ = "own_calendar"
    tutor_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    url: Mapped[str]
    checked_at: Mapped[dt.datetime | None]
    fresh_at: Mapped[dt.datetime | None]
    failing_since: Mapped[dt.datetime | None]
    failure: Mapped[str | None]
    doubts: Mapped[dict[str, int]] = mapped_column(JSONB, server_default="{}")


class ExternalBusy(Base):
    """When a tutor's external calendar says that they are busy, `[starts, ends)`, as it was last read."""

    __tablename__ = "busy_elsewhere"
    tutor_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    starts: Mapped[dt.datetime] = mapped_column(primary_key=True)
    ends: Mapped[dt.datetime] = mapped_column(primary_key=True)

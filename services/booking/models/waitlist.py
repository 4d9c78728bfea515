"""The waitlist."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.booking.domain.waitlist import WaitlistState
from services.booking.models.base import Base
from shared.db import JsonObject, primary_key


class WaitlistEntry(Base):
    """Somebody's place on the waitlist for a time that is not free yet. `asked_by` is for the record only."""

    __tablename__ = "waiting"
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str]
    asked_at: Mapped[dt.datetime]
    state: Mapped[WaitlistState] = mapped_column(sa.Text)
    topic: Mapped[str]
    wish: Mapped[JsonObject]
    until: Mapped[dt.datetime]
    offered_until: Mapped[dt.datetime | None]
    appointment_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("appointment.id"))
    asked_by: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(unique=True)


class WaitlistCitizen(Base):
    """Who waits. Erased when the entry is closed."""

    __tablename__ = "waiting_citizen"
    waiting_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("waiting.id"), primary_key=True)
    name: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    language: Mapped[str]
    non_disclosure: Mapped[bool] = mapped_column(server_default="false")

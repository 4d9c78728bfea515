"""Walk-ins: who came without a time."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from services.booking.models.base import Base
from shared.db import primary_key


class WalkIn(Base):
    """Somebody who came to a service point without a time, on a local date. Who waits has a number of that day."""

    __tablename__ = "walk_in"
    __table_args__ = (sa.UniqueConstraint("service_point_id", "date", "number"),)
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str]
    organisation_id: Mapped[uuid.UUID | None]
    service_point_id: Mapped[uuid.UUID]
    tutor_id: Mapped[uuid.UUID | None]
    date: Mapped[dt.date]
    number: Mapped[int | None]
    state: Mapped[str]
    topic: Mapped[str | None]
    minutes_helped: Mapped[int | None]
    device: Mapped[str | None]
    came_at: Mapped[dt.datetime]
    called_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    noted_by: Mapped[str]

"""Closings of service points."""

import datetime as dt
import uuid

from sqlalchemy.orm import Mapped, mapped_column

from services.booking.models.base import Base
from shared.db import primary_key


class Closing(Base):
    """Time when a service point is shut, `[starts, ends)`, whatever its hours say."""

    __tablename__ = "closing"
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str]
    service_point_id: Mapped[uuid.UUID] = mapped_column(index=True)
    starts: Mapped[dt.datetime]
    ends: Mapped[dt.datetime]

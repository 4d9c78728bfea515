"""What was sought in vain."""

import datetime as dt

from sqlalchemy.orm import Mapped, mapped_column

from services.booking.models.base import Base


class Demand(Base):
    """How often something was sought in vain within an hour. No person."""

    __tablename__ = "demand"
    hour: Mapped[dt.datetime] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    searches: Mapped[int]

"""What was sought."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.booking.models.base import Base


class Demand(Base):
    """How often something was sought within an hour: in vain, and with something found. No person."""

    __tablename__ = "demand"
    hour: Mapped[dt.datetime] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    in_vain: Mapped[int] = mapped_column("searches")
    found: Mapped[int | None] = mapped_column(sa.BigInteger, doc="none: not counted yet")

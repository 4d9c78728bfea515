"""What citizens are told of a change of their appointment by somebody who calls them."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.booking.models.base import Base


class Telling(Base):
    """A change of an appointment that its citizen has not made, and who has told them of it. `was` is when it began as
    far as they know, `sequence` the appointment's after the change."""

    __tablename__ = "telling"
    __table_args__ = (sa.Index("telling_to_come", "starts", postgresql_where=sa.text("told_at IS NULL")),)
    appointment_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("appointment.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    change: Mapped[str]
    was: Mapped[dt.datetime]
    starts: Mapped[dt.datetime]
    told_at: Mapped[dt.datetime | None]
    told_by: Mapped[str | None]

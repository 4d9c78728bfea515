"""What citizens say of their visits."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.booking.models.base import Base


class Feedback(Base):
    """The answers of a visit's citizen. They stay when the citizen is erased, and tell nobody who it was."""

    __tablename__ = "feedback"
    __table_args__ = (sa.Index("feedback_in_order", "given_at", "appointment_id"),)
    appointment_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("appointment.id"), primary_key=True)
    given_at: Mapped[dt.datetime]
    met_need: Mapped[int] = mapped_column(sa.SmallInteger)
    recommends: Mapped[bool]


class FeedbackText(Base):
    """What the citizen wrote, and what the organisation answered. It goes with the citizen, by the database itself."""

    __tablename__ = "feedback_text"
    appointment_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("citizen.appointment_id", ondelete="CASCADE"), primary_key=True
    )
    words: Mapped[str | None]
    answer: Mapped[str | None]
    answered_at: Mapped[dt.datetime | None]
    answered_by: Mapped[str | None]

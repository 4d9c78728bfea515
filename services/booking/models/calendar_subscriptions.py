"""Tutors' calendar subscriptions."""

import datetime as dt
import uuid

from sqlalchemy.orm import Mapped, mapped_column

from services.booking.models.base import Base


class CalendarSubscription(Base):
    """A tutor's calendar subscription: `id` changes whenever its address is renewed, of which a hash is kept."""

    __tablename__ = "calendar_subscription"
    tutor_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(unique=True)
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    made_at: Mapped[dt.datetime]
    made_by: Mapped[str] = mapped_column(index=True)
    language: Mapped[str]
    code_words: Mapped[bool]

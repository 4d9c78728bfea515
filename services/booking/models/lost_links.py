"""Links that citizens have asked for again."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.booking.models.base import Base


class LostLink(Base):
    """That somebody asked for the links to their times, by a phone number or an e-mail address, and how many codes they
    have typed: whether anything is booked by it is found out when the message is sent."""

    __tablename__ = "lost_link"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    phone: Mapped[str | None]
    email: Mapped[str | None]
    until: Mapped[dt.datetime]
    tries: Mapped[int] = mapped_column(server_default="0")
    opened: Mapped[bool] = mapped_column(server_default=sa.false())

"""What is done without signing in, counted."""

import datetime as dt

from sqlalchemy.orm import Mapped, mapped_column

from services.booking.models.base import Base


class AnonymousUse(Base):
    """How often something was done since the beginning of a window, by a keyed hash of whoever or whatever it is
    counted by. Unlogged: a crash forgets it, and nobody waits for the disk."""

    __tablename__ = "anonymous_use"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012
    what: Mapped[str] = mapped_column(primary_key=True)
    who: Mapped[bytes] = mapped_column(primary_key=True)
    since: Mapped[dt.datetime] = mapped_column(primary_key=True, index=True)
    count: Mapped[int]

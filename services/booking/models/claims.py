"""Claims: whose time is taken."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from services.booking.models.base import Base


class Claim(Base):
    """The time that a visit (`session_id`) takes of a tutor, a room or a device. The constraint lets no two overlap."""

    __tablename__ = "claim"
    __table_args__ = (
        ExcludeConstraint(("resource_id", "="), ("busy", "&&"), name="in_one_place", using="gist"),
        sa.Index("claim_by_expiry", "resource_id", "expires", postgresql_where=sa.text("expires IS NOT NULL")),
    )
    session_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    resource_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    busy: Mapped[Range[dt.datetime]] = mapped_column(TSTZRANGE)
    kind: Mapped[str]
    expires: Mapped[dt.datetime | None]

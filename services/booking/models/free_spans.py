"""Free spans: what can be booked."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.booking.models.base import Base


class Notice(Base):
    """Every length of notice that a free span has had: each is an ordered stretch of an index for the search."""

    __tablename__ = "notice"
    minutes: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class FreeSpan(Base):
    """Starts that can be booked from `free_from` on: `first_start`, every `step_minutes`, to `last_start`, within one
    local date. One row for each topic, with all that a search filters by; `lead` marks one of them, for searches over
    every topic. A `plain` one changes only by what is claimed of its tutor. Drop-in windows are spans of one start."""

    __tablename__ = "free_span"
    __table_args__ = (
        sa.Index("free_span_by_topic", "topic", "notice_minutes", "first_start"),
        sa.Index("free_span_by_region", "region", "topic", "notice_minutes", "first_start"),
        sa.Index("free_span_by_municipality", "municipality", "topic", "notice_minutes", "first_start"),
        sa.Index("free_span_by_service_point", "service_point_id", "topic", "notice_minutes", "first_start"),
        sa.Index(
            "free_span_lead_by_region", "region", "notice_minutes", "first_start", postgresql_where=sa.text("lead")
        ),
        sa.Index(
            "free_span_lead_by_municipality",
            "municipality",
            "notice_minutes",
            "first_start",
            postgresql_where=sa.text("lead"),
        ),
        sa.Index("free_span_by_tutor", "tutor_id", "first_start"),
    )
    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    first_start: Mapped[dt.datetime]
    last_start: Mapped[dt.datetime]
    free_from: Mapped[dt.datetime]
    tutor_id: Mapped[uuid.UUID]
    offering_id: Mapped[uuid.UUID]
    service_point_id: Mapped[uuid.UUID | None]
    step_minutes: Mapped[int] = mapped_column(sa.SmallInteger)
    duration_minutes: Mapped[int] = mapped_column(sa.SmallInteger)
    before_minutes: Mapped[int] = mapped_column(sa.SmallInteger)
    after_minutes: Mapped[int] = mapped_column(sa.SmallInteger)
    notice_minutes: Mapped[int]
    seats_left: Mapped[int | None] = mapped_column(sa.SmallInteger)
    drop_in: Mapped[bool] = mapped_column(server_default=sa.false())
    lead: Mapped[bool]
    plain: Mapped[bool]
    channel: Mapped[str]
    topic: Mapped[str]
    region: Mapped[str]
    municipality: Mapped[str | None]
    languages: Mapped[list[str]]
    features: Mapped[list[str]]

"""What kinds of help there are."""

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.providers.models.base import Base, Parts, Texts
from shared.db import primary_key


class Offering(Base):
    __tablename__ = "offering"
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str] = mapped_column(index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    name: Mapped[Texts]
    topics: Mapped[list[str]]
    channels: Mapped[list[str]]
    duration_minutes: Mapped[int]
    other_durations_minutes: Mapped[list[int]] = mapped_column(sa.ARRAY(sa.Integer))
    buffer_before_minutes: Mapped[int]
    buffer_after_minutes: Mapped[int]
    grid_minutes: Mapped[int]
    notice_minutes: Mapped[int]
    horizon_days: Mapped[int]
    most_per_day: Mapped[int | None]
    most_per_week: Mapped[int | None]
    breaks: Mapped[Parts]
    capacity: Mapped[int]
    tutors: Mapped[int] = mapped_column("helpers")  # the column keeps its former name for the code before
    needs: Mapped[list[str]]
    description: Mapped[Texts | None]
    for_whom: Mapped[Texts | None]
    bring: Mapped[Texts | None]
    safety_promise: Mapped[Texts | None]
    questions: Mapped[Parts] = mapped_column(server_default="[]")
    status: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")

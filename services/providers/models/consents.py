"""Which organisations' tutors may help at whose service points."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.providers.models.base import Base
from shared.db import primary_key


class Consent(Base):
    """What a service point's organisation has said to another organisation's tutors there."""

    __tablename__ = "consent"
    __table_args__ = (sa.UniqueConstraint("service_point_id", "organisation_id"),)
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str]
    service_point_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_point.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    status: Mapped[str]


class ConsentNotice(Base):
    """That somebody is told that a consent was asked for, or will be of the answer; where `person_id` is not said, the
    point's organisation is, by its own address."""

    __tablename__ = "consent_notice"
    __table_args__ = (sa.CheckConstraint("about IN ('asked', 'answered')"),)
    id: Mapped[uuid.UUID] = primary_key()
    consent_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("consent.id"), index=True)
    about: Mapped[str]
    person_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=sa.text("now()"))

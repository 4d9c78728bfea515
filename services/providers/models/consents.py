"""Which organisations' tutors may help at whose service points."""

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

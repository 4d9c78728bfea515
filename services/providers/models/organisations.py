"""Who gives support."""

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.providers.models.base import Base, Texts
from shared.db import primary_key


class Organisation(Base):
    __tablename__ = "organisation"
    __table_args__ = (
        sa.UniqueConstraint("source", "source_id", name="organisation_source"),
        sa.Index(
            "organisation_business_id", "business_id", unique=True, postgresql_where=sa.text("status <> 'proposed'")
        ),
    )
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str] = mapped_column(index=True)
    name: Mapped[Texts]
    kind: Mapped[str]
    municipality: Mapped[str] = mapped_column(sa.ForeignKey("municipality.code"))
    status: Mapped[str]
    business_id: Mapped[str | None]
    mandate: Mapped[str] = mapped_column(server_default="general")
    email: Mapped[str | None]
    phone: Mapped[str | None]
    url: Mapped[str | None]
    retention_days: Mapped[int] = mapped_column(server_default="90")
    version: Mapped[int] = mapped_column(server_default="1")
    source: Mapped[str | None]
    source_id: Mapped[str | None]

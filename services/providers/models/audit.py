"""Who did what."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.providers.models.base import Base
from shared.db import primary_key


class AuditEntry(Base):
    """Who did what to which record. Written by triggers alone, and changed by nobody."""

    __tablename__ = "audit_entry"
    id: Mapped[uuid.UUID] = primary_key()
    at: Mapped[dt.datetime] = mapped_column(server_default=sa.text("clock_timestamp()"))
    caller: Mapped[str]
    address: Mapped[str | None]
    action: Mapped[str]
    kind: Mapped[str]
    record: Mapped[str] = mapped_column(index=True)
    region: Mapped[str | None]

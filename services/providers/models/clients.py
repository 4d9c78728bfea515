"""API clients."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.providers.models.base import Base
from shared.db import primary_key


class ApiClient(Base):
    __tablename__ = "api_client"
    id: Mapped[uuid.UUID] = primary_key()
    name: Mapped[str]
    region: Mapped[str]
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    scopes: Mapped[list[str]]
    secret_hash: Mapped[bytes]
    next_secret_hash: Mapped[bytes | None]
    held_by: Mapped[str | None] = mapped_column(doc="whom its secret was shown to; none: an operator's terminal")
    next_held_by: Mapped[str | None] = mapped_column(doc="likewise of its next secret")
    next_scopes: Mapped[list[str] | None] = mapped_column(doc="what its next secret opens")
    last_used_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]

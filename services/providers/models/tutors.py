"""Who helps."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.providers.models.base import Base, Parts
from shared.db import primary_key


class Tutor(Base):
    __tablename__ = "tutor"
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str] = mapped_column(index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    display_name: Mapped[str]
    languages: Mapped[list[str]]
    topics: Mapped[list[str]]
    channels: Mapped[list[str]]
    home_municipalities: Mapped[list[str]]
    kind: Mapped[str] = mapped_column(server_default="volunteer")
    full_name: Mapped[str | None]
    phone: Mapped[str | None]
    """At which their service point calls them; it opens no login, as the account's does."""
    other_organisations: Mapped[list[uuid.UUID]] = mapped_column(sa.ARRAY(sa.Uuid), server_default="{}")
    training: Mapped[Parts] = mapped_column(server_default="[]")
    guidelines_accepted_on: Mapped[dt.date | None]
    active_from: Mapped[dt.date | None]
    active_until: Mapped[dt.date | None]
    status: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")

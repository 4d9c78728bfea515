"""Where help is given, and what other registers say of it."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.providers.models.base import Base, Equipment, Fields, Parts, Provenance, Texts
from shared.db import primary_key


class ServicePoint(Base):
    __tablename__ = "service_point"
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str] = mapped_column(index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    name: Mapped[Texts]
    address: Mapped[str]
    address_sv: Mapped[str | None]
    municipality: Mapped[str] = mapped_column(sa.ForeignKey("municipality.code"), index=True)
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    phone: Mapped[str | None]
    url: Mapped[str | None]
    features: Mapped[list[str]] = mapped_column(server_default="{}")
    equipment: Mapped[Equipment] = mapped_column(server_default="{}")
    description: Mapped[Texts | None]
    not_done: Mapped[Texts | None]
    email: Mapped[str | None]
    channels: Mapped[list[str]] = mapped_column(server_default="{on_site}")
    languages: Mapped[list[str]] = mapped_column(server_default="{fi}")
    weekly_hours: Mapped[Parts] = mapped_column(server_default="[]")
    drop_in: Mapped[Parts] = mapped_column(server_default="[]")
    status: Mapped[str]
    publishing: Mapped[str] = mapped_column(server_default="published")
    provenance: Mapped[Provenance] = mapped_column(server_default="{}")
    search_text: Mapped[str | None] = mapped_column(
        sa.Computed(
            "folded(coalesce(name->>'fi', '') || ' ' || coalesce(name->>'sv', '') || ' ' || "
            "coalesce(name->>'en', '') || ' ' || address || ' ' || coalesce(address_sv, ''))"
        )
    )
    version: Mapped[int] = mapped_column(server_default="1")


class SourceRecord(Base):
    """What a source said last of one of its records, and which service point that is here."""

    __tablename__ = "source_record"
    source: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(primary_key=True)
    service_point_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_point.id"), index=True)
    fields: Mapped[Fields] = mapped_column("says")  # the column keeps its former name for the code before
    gives_support: Mapped[bool | None]
    unread: Mapped[list[str]] = mapped_column(server_default="{}", doc="where it says something that nobody reads")
    dates: Mapped[list[dt.date]] = mapped_column(
        sa.ARRAY(sa.Date), server_default="{}", doc="on which something else than its ordinary week holds"
    )
    seen_at: Mapped[dt.datetime] = mapped_column(server_default=sa.text("now()"))


class OpeningDay(Base):
    """What is known of a service point's hours on a date; `hours` is empty when it is known to be closed."""

    __tablename__ = "opening_day"
    service_point_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_point.id"), primary_key=True)
    date: Mapped[dt.date] = mapped_column(primary_key=True)
    hours: Mapped[Parts]
    edited: Mapped[bool] = mapped_column(server_default=sa.false(), doc="by hand, so that no import changes it")

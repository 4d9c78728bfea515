"""What the country and the subject are called: municipalities, postal codes, topics."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.providers.models.base import Base, Synonyms, Texts


class Municipality(Base):
    __tablename__ = "municipality"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[Texts]
    region: Mapped[str] = mapped_column(index=True)
    region_name: Mapped[Texts]
    languages: Mapped[list[str]]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    sub_region: Mapped[str]
    sub_region_name: Mapped[str]
    neighbours: Mapped[list[str]]
    version: Mapped[int] = mapped_column(server_default="1")
    folded_names: Mapped[list[str] | None] = mapped_column(
        sa.Computed("ARRAY[folded(name->>'fi'), folded(name->>'sv')]")
    )


class PostalCode(Base):
    """Which municipality a postal code is in (Statistics Finland's postal-code key)."""

    __tablename__ = "postal_code"
    code: Mapped[str] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(sa.ForeignKey("municipality.code"))
    name: Mapped[Texts]


class FormerMunicipality(Base):
    """A municipality that is no more, and the one that it is part of."""

    __tablename__ = "former_municipality"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[Texts]
    merged_into: Mapped[str] = mapped_column(sa.ForeignKey("municipality.code"))
    merged_on: Mapped[dt.date]


class Topic(Base):
    __tablename__ = "topic"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[Texts]
    rank: Mapped[int]
    parent: Mapped[str | None] = mapped_column(sa.ForeignKey("topic.code"))
    synonyms: Mapped[Synonyms] = mapped_column(server_default="{}")
    ptv_class: Mapped[str | None]
    words: Mapped[list[str] | None] = mapped_column(doc="what it is found by; none: not worked out yet")
    version: Mapped[int] = mapped_column(server_default="1")

"""Accounts and what they may do."""

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.providers.models.base import Base
from shared.db import primary_key


class Person(Base):
    __tablename__ = "person"
    __table_args__ = (sa.CheckConstraint("num_nonnulls(email, phone) > 0", name="person_reachable"),)
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str]
    email: Mapped[str | None] = mapped_column(unique=True)
    phone: Mapped[str | None] = mapped_column(unique=True)
    language: Mapped[str]


class RoleGrant(Base):
    __tablename__ = "role_grant"
    id: Mapped[uuid.UUID] = primary_key()
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    role: Mapped[str]
    sub_region: Mapped[str | None]
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    service_point_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("service_point.id"))
    tutor_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("tutor.id"))

"""Roles and scopes that wait for a second person, and who is to be told of them."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.providers.models.base import Base
from shared.db import primary_key


class PendingGrant(Base):
    """A role that one person has given to another, or a scope of an API client that opens citizens' details: it holds
    once a second person has confirmed it, and is a role under the same id then."""

    __tablename__ = "pending_grant"
    __table_args__ = (
        sa.CheckConstraint("num_nonnulls(person_id, client_id) = 1", name="pending_grant_is_one"),
        sa.CheckConstraint("(person_id IS NULL) = (role IS NULL)", name="pending_grant_role"),
        sa.CheckConstraint("(client_id IS NULL) = (scope IS NULL)", name="pending_grant_scope"),
    )
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str]
    person_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    role: Mapped[str | None]
    sub_region: Mapped[str | None]
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    service_point_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("service_point.id"))
    tutor_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("tutor.id"))
    client_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("api_client.id"), index=True)
    scope: Mapped[str | None]
    given_by: Mapped[str]
    given_at: Mapped[dt.datetime] = mapped_column(server_default=sa.text("now()"))

    @property
    def receiver_id(self) -> uuid.UUID:
        """The id of the account or API client that was given it."""
        found = self.person_id or self.client_id
        assert found is not None  # pending_grant_is_one
        return found

    @property
    def receiver(self) -> str:
        """Who was given it, as records name callers."""
        return f"{'person' if self.person_id else 'client'}:{self.receiver_id}"

    @property
    def given(self) -> str:
        """The role or the scope."""
        return self.role or self.scope or ""


class GrantNotice(Base):
    """That somebody is to be told of a grant; of whom `person_id` is not said, the organisation's own address is. A
    coordinator's role is in no organisation."""

    __tablename__ = "grant_notice"
    __table_args__ = (sa.CheckConstraint("about IN ('pending', 'confirmed')"),)
    id: Mapped[uuid.UUID] = primary_key()
    about: Mapped[str]
    grant_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    receiver: Mapped[str]
    given: Mapped[str]
    person_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=sa.text("now()"))

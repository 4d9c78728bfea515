"""Ways to sign in that are under way, and the logins that they open."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.providers.models.base import Base
from shared.db import primary_key


class SignIn(Base):
    """A sign-in under way. The code is not kept: it is derived from the id and the service's secret."""

    __tablename__ = "sign_in"
    __table_args__ = (
        sa.Index("sign_in_contact", "contact_hash", "created_at"),
        sa.Index("sign_in_address", "address_hash", "created_at"),
    )
    id: Mapped[uuid.UUID] = primary_key()
    person_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    contact_hash: Mapped[bytes]
    address_hash: Mapped[bytes | None]
    by_phone: Mapped[bool]
    language: Mapped[str]
    created_at: Mapped[dt.datetime]
    attempts: Mapped[int] = mapped_column(server_default="0")
    used_at: Mapped[dt.datetime | None]


class Login(Base):
    """Where a person is signed in. Its refresh token is the one after `generation` others; it is kept as a hash for
    versions that know no generations."""

    __tablename__ = "signed_in"
    __table_args__ = (sa.CheckConstraint("how IN ('code', 'passkey', 'single_sign_on')"),)
    id: Mapped[uuid.UUID] = primary_key()
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    generation: Mapped[int] = mapped_column(server_default="0")
    rotated_at: Mapped[dt.datetime | None]
    how: Mapped[str] = mapped_column(server_default="code")
    created_at: Mapped[dt.datetime] = mapped_column(server_default=sa.text("now()"))
    last_used_at: Mapped[dt.datetime] = mapped_column(server_default=sa.text("now()"))
    expires_at: Mapped[dt.datetime]


class Challenge(Base):
    """What a passkey is asked to sign: to be added, when it is somebody's, or to sign in with."""

    __tablename__ = "challenge"
    id: Mapped[uuid.UUID] = primary_key()
    person_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    challenge: Mapped[bytes]
    created_at: Mapped[dt.datetime]
    address_hash: Mapped[bytes | None] = mapped_column(index=True)


class SingleSignOn(Base):
    """A sign-in that is under way at a municipality's own identity provider."""

    __tablename__ = "single_sign_on"
    id: Mapped[uuid.UUID] = primary_key()
    provider: Mapped[str]
    state: Mapped[str] = mapped_column(unique=True)
    nonce: Mapped[str]
    verifier: Mapped[str]
    created_at: Mapped[dt.datetime]
    address_hash: Mapped[bytes | None] = mapped_column(index=True)

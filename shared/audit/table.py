"""The table of the audit log."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared.db import Base, primary_key


class AuditEntry(Base):
    """Who did what to which record. It is added to; a seal is given once, and an address taken out once."""

    __tablename__ = "audit_entry"
    __table_args__ = (sa.Index("audit_entry_position", "position", unique=True),)
    id: Mapped[uuid.UUID] = primary_key()
    at: Mapped[dt.datetime] = mapped_column(server_default=sa.text("clock_timestamp()"))
    caller: Mapped[str]
    address: Mapped[str | None]
    salt: Mapped[uuid.UUID | None] = mapped_column(server_default=sa.text("gen_random_uuid()"))
    action: Mapped[str]
    kind: Mapped[str]
    record: Mapped[str] = mapped_column(index=True)
    region: Mapped[str | None]
    position: Mapped[int | None] = mapped_column(sa.BigInteger)
    address_hash: Mapped[bytes | None]
    hash: Mapped[bytes | None]


class AuditCopied(Base):
    """Up to which entry the log was copied: after a restored backup, another may have its position."""

    __tablename__ = "audit_copied"
    single: Mapped[bool] = mapped_column(sa.CheckConstraint("single"), primary_key=True, server_default=sa.true())
    position: Mapped[int] = mapped_column(sa.BigInteger)
    hash: Mapped[bytes]

"""The tables of `notify`."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shared import db
from shared.schemas.notify import MessageChannel, MessageKind, MessageState


class Base(db.Base):
    """The base of this service's own tables, whose metadata does not mix with those of other services."""

    __abstract__ = True
    metadata = sa.MetaData()


class PaidMessages(Base):
    """How many messages of channels that cost money were sent on a local day; for the code before, nothing reads it."""

    __tablename__ = "paid_messages"
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    sent: Mapped[int]


class PaidOfRegion(Base):
    """How many of a region were sent on a local day; empty where a message belongs to none."""

    __tablename__ = "paid_of_region"
    region: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    sent: Mapped[int]


class Message(Base):
    """A message in the outbox. It holds neither the person nor the words: both are asked for when it is sent, so that
    an appointment that was cancelled or erased meanwhile sends nothing."""

    __tablename__ = "message"
    __table_args__ = (sa.Index("message_to_send", "try_at", postgresql_where=sa.text("state = 'due'")),)
    # Follows from the event that asked for the message, so that an event that is read again adds none.
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[MessageKind] = mapped_column(sa.Text)
    # A name of the registry in `channels`; no CHECK, so that a new channel needs no migration.
    channel: Mapped[MessageChannel] = mapped_column(sa.Text)
    subject: Mapped[uuid.UUID] = mapped_column(index=True)
    organisation_id: Mapped[uuid.UUID | None]
    region: Mapped[str | None]
    state: Mapped[MessageState] = mapped_column(sa.Text)
    due_at: Mapped[dt.datetime]
    not_after: Mapped[dt.datetime]
    # While a worker is sending, when its lease runs out; after a failure, when to try again.
    try_at: Mapped[dt.datetime]
    attempts: Mapped[int] = mapped_column(server_default="0")
    reason: Mapped[str | None]

"""Appointments, their citizens and their history."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.booking.domain.states import State
from services.booking.models.base import Base
from shared.db import JsonObject, primary_key


class Appointment(Base):
    """One citizen's appointment, or a time held for one: a seat of a visit, whose time is in `claim`. Nothing here
    tells who the citizen is."""

    __tablename__ = "appointment"
    __table_args__ = (
        sa.UniqueConstraint("live_session", "seat", name="one_a_seat"),
        sa.ForeignKeyConstraint(
            ["live_session", "tutor_id"],
            ["claim.session_id", "claim.resource_id"],
            name="has_its_time",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.Index("appointment_by_tutor", "tutor_id", "starts"),
        sa.Index("appointment_by_organisation", "organisation_id", "starts"),
        sa.Index("appointment_by_service_point", "service_point_id", "starts"),
    )
    id: Mapped[uuid.UUID] = primary_key()
    session_id: Mapped[uuid.UUID]
    region: Mapped[str]
    organisation_id: Mapped[uuid.UUID]
    tutor_id: Mapped[uuid.UUID]
    offering_id: Mapped[uuid.UUID]
    service_point_id: Mapped[uuid.UUID | None]
    municipality: Mapped[str | None]
    channel: Mapped[str]
    topic: Mapped[str]
    starts: Mapped[dt.datetime]
    ends: Mapped[dt.datetime]
    state: Mapped[State] = mapped_column(sa.Text)
    sequence: Mapped[int] = mapped_column(server_default="0")
    seat: Mapped[int] = mapped_column(server_default="1")
    capacity: Mapped[int] = mapped_column(server_default="1")
    series_id: Mapped[uuid.UUID | None]
    waiting_id: Mapped[uuid.UUID | None]
    expires: Mapped[dt.datetime | None]
    result: Mapped[str | None]
    manages_alone: Mapped[bool | None]
    minutes_helped: Mapped[int | None]
    device: Mapped[str | None]
    booked_by: Mapped[str]
    booked_for_organisation: Mapped[uuid.UUID | None]
    key_generation: Mapped[int] = mapped_column(server_default="0", doc="of the citizen's key")
    created_at: Mapped[dt.datetime] = mapped_column(server_default=sa.text("now()"))
    live_session: Mapped[uuid.UUID | None] = mapped_column(
        sa.Computed("CASE WHEN state IN ('held', 'booked', 'attended', 'no_show') THEN session_id END", persisted=True)
    )


class Citizen(Base):
    """What the visit needs to know of the person who comes. Can be erased without touching the appointment. The
    address is asked for a visit at home only, and erased first. `non_disclosure`: `domain.non_disclosure`."""

    __tablename__ = "citizen"
    appointment_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("appointment.id"), primary_key=True)
    name: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    language: Mapped[str]
    note: Mapped[str | None]
    answers: Mapped[JsonObject] = mapped_column(server_default="{}")
    address: Mapped[str | None]
    non_disclosure: Mapped[bool] = mapped_column(server_default="false")
    code_word: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(unique=True)


class Farewell(Base):
    """Whom to tell that a visit was cancelled and its citizen erased: contacts alone, until the message must be out."""

    __tablename__ = "farewell"
    appointment_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("appointment.id"), primary_key=True)
    language: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    non_disclosure: Mapped[bool]
    until: Mapped[dt.datetime]


class ReplacedContact(Base):
    """Whom to tell that how they are reached was replaced: until the message must be out."""

    __tablename__ = "replaced_contact"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    language: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    until: Mapped[dt.datetime]


class FormerContact(Base):
    """Likewise, by the version before: the latest of an appointment alone."""

    __tablename__ = "former_contact"
    appointment_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("appointment.id"), primary_key=True)
    language: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    until: Mapped[dt.datetime]


class Transition(Base):
    """A step of an appointment that was taken. A trigger refuses to change what is written here."""

    __tablename__ = "transition"
    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    appointment_id: Mapped[uuid.UUID]
    at: Mapped[dt.datetime]
    step: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    actor: Mapped[str]
    caller: Mapped[str]
    reason: Mapped[str | None]
    minutes_before: Mapped[int]

"""The tables of `booking`: copies of the registry, rules of time, what is free, what is claimed, who comes.

Queries are SQL in `store`; the models say what the tables are, and a test compares them with the migrations. Where a
table or column has a former word, an older version of the code may still run on this database (docs/glossary.md).
"""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from services.booking.domain.states import State
from services.booking.domain.waitlist import WaitlistState
from shared import db
from shared.db import JsonObject, primary_key


class Base(db.Base):
    """The base of this service's own tables."""

    __abstract__ = True
    metadata = sa.MetaData()


class MunicipalityCopy(Base):
    """A copy."""

    __tablename__ = "municipality"
    code: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str]
    sub_region: Mapped[str] = mapped_column(index=True)
    neighbours: Mapped[list[str]]
    lat: Mapped[float | None]
    lon: Mapped[float | None]


class OrganisationCopy(Base):
    """A copy."""

    __tablename__ = "organisation"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    region: Mapped[str]
    retention_days: Mapped[int]


class ServicePointCopy(Base):
    """A copy, and on which local date its drop-in windows were last laid out."""

    __tablename__ = "service_point"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    region: Mapped[str]
    organisation_id: Mapped[uuid.UUID | None]
    municipality: Mapped[str] = mapped_column(index=True)
    name: Mapped[JsonObject]
    address: Mapped[str]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    features: Mapped[list[str]]
    equipment: Mapped[JsonObject]
    drop_in: Mapped[object] = mapped_column(JSONB)
    weekly_hours: Mapped[object] = mapped_column(JSONB, server_default="[]")
    active: Mapped[bool]
    refreshed_on: Mapped[dt.date | None]


class StaffedDay(Base):
    """A copy: a service point's staffed hours on a date that is known, as pairs of wall-clock times."""

    __tablename__ = "staffed_day"
    service_point_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    date: Mapped[dt.date] = mapped_column(primary_key=True)
    hours: Mapped[list[list[str]]] = mapped_column(JSONB)


class TutorCopy(Base):
    """A copy; on which local date all the tutor's free spans were last worked out, as far as the horizon then; and
    whether they depend on other tutors' time or on rooms, so that they change together."""

    __tablename__ = "tutor"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    region: Mapped[str]
    organisation_id: Mapped[uuid.UUID] = mapped_column(index=True)
    display_name: Mapped[str]
    languages: Mapped[list[str]]
    topics: Mapped[list[str]]
    channels: Mapped[list[str]]
    home_municipalities: Mapped[list[str]]
    active_from: Mapped[dt.date | None]
    active_until: Mapped[dt.date | None]
    active: Mapped[bool]
    ended: Mapped[bool] = mapped_column(server_default=sa.false())
    refreshed_on: Mapped[dt.date | None] = mapped_column(index=True)
    pooled: Mapped[bool] = mapped_column(server_default=sa.false())


class OfferingCopy(Base):
    """A copy."""

    __tablename__ = "offering"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(index=True)
    topics: Mapped[list[str]]
    channels: Mapped[list[str]]
    duration_minutes: Mapped[int]
    other_durations_minutes: Mapped[list[int]] = mapped_column(sa.ARRAY(sa.Integer))
    buffer_before_minutes: Mapped[int]
    buffer_after_minutes: Mapped[int]
    grid_minutes: Mapped[int]
    notice_minutes: Mapped[int]
    horizon_days: Mapped[int]
    most_per_day: Mapped[int | None]
    most_per_week: Mapped[int | None]
    breaks: Mapped[object] = mapped_column(JSONB)
    capacity: Mapped[int]
    helpers: Mapped[int]
    needs: Mapped[list[str]]
    bring: Mapped[JsonObject | None]
    questions: Mapped[object] = mapped_column(JSONB, server_default="[]")
    active: Mapped[bool]


class Availability(Base):
    """A tutor's weekly hours in local wall time: an RFC 5545 recurrence that starts on the date `starts_on`."""

    __tablename__ = "availability"
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str]
    tutor_id: Mapped[uuid.UUID] = mapped_column(index=True)
    service_point_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    channels: Mapped[list[str]]
    offerings: Mapped[list[uuid.UUID] | None] = mapped_column(sa.ARRAY(sa.Uuid))
    opens: Mapped[dt.time]
    closes: Mapped[dt.time]
    zone: Mapped[str]
    starts_on: Mapped[dt.date]
    recurrence: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="0")


class ExtraTime(Base):
    """Open time on one occasion, `[starts, ends)`."""

    __tablename__ = "extra_time"
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str]
    tutor_id: Mapped[uuid.UUID] = mapped_column(index=True)
    service_point_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    channels: Mapped[list[str]]
    offerings: Mapped[list[uuid.UUID] | None] = mapped_column(sa.ARRAY(sa.Uuid))
    starts: Mapped[dt.datetime]
    ends: Mapped[dt.datetime]


class Absence(Base):
    """Time away, `[starts, ends)`."""

    __tablename__ = "absence"
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str]
    tutor_id: Mapped[uuid.UUID] = mapped_column(index=True)
    starts: Mapped[dt.datetime]
    ends: Mapped[dt.datetime]


class Closing(Base):
    """Time when a service point is shut, `[starts, ends)`, whatever its hours say."""

    __tablename__ = "closing"
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str]
    service_point_id: Mapped[uuid.UUID] = mapped_column(index=True)
    starts: Mapped[dt.datetime]
    ends: Mapped[dt.datetime]


class TutorTime(Base):
    """How a tutor's week is read: in which zone, and whose public holidays close it, by ISO 3166 code."""

    __tablename__ = "tutor_time"
    tutor_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    zone: Mapped[str]
    holidays: Mapped[str | None]


class ExternalCalendar(Base):
    """A tutor's external calendar. Its address is a secret."""

    __tablename__ = "own_calendar"
    tutor_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    url: Mapped[str]
    checked_at: Mapped[dt.datetime | None]
    fresh_at: Mapped[dt.datetime | None]
    failing_since: Mapped[dt.datetime | None]
    failure: Mapped[str | None]


class ExternalBusy(Base):
    """When a tutor's external calendar says that they are busy, `[starts, ends)`, as it was last read."""

    __tablename__ = "busy_elsewhere"
    tutor_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    starts: Mapped[dt.datetime] = mapped_column(primary_key=True)
    ends: Mapped[dt.datetime] = mapped_column(primary_key=True)


class Notice(Base):
    """Every length of notice that a free span has had: each is an ordered stretch of an index for the search."""

    __tablename__ = "notice"
    minutes: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class FreeSpan(Base):
    """Starts that can be booked from `free_from` on: `first_start`, every `step_minutes`, to `last_start`, within one
    local date. One row for each topic, with all that a search filters by; `lead` marks one of them, for searches over
    every topic. A `plain` one changes only by what is claimed of its tutor. Drop-in windows are spans of one start."""

    __tablename__ = "free_span"
    __table_args__ = (
        sa.Index("free_span_by_topic", "topic", "notice_minutes", "first_start"),
        sa.Index("free_span_by_region", "region", "topic", "notice_minutes", "first_start"),
        sa.Index("free_span_by_municipality", "municipality", "topic", "notice_minutes", "first_start"),
        sa.Index("free_span_by_service_point", "service_point_id", "topic", "notice_minutes", "first_start"),
        sa.Index(
            "free_span_lead_by_region", "region", "notice_minutes", "first_start", postgresql_where=sa.text("lead")
        ),
        sa.Index(
            "free_span_lead_by_municipality",
            "municipality",
            "notice_minutes",
            "first_start",
            postgresql_where=sa.text("lead"),
        ),
        sa.Index("free_span_by_tutor", "tutor_id", "first_start"),
    )
    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    first_start: Mapped[dt.datetime]
    last_start: Mapped[dt.datetime]
    free_from: Mapped[dt.datetime]
    tutor_id: Mapped[uuid.UUID]
    offering_id: Mapped[uuid.UUID]
    service_point_id: Mapped[uuid.UUID | None]
    step_minutes: Mapped[int] = mapped_column(sa.SmallInteger)
    duration_minutes: Mapped[int] = mapped_column(sa.SmallInteger)
    before_minutes: Mapped[int] = mapped_column(sa.SmallInteger)
    after_minutes: Mapped[int] = mapped_column(sa.SmallInteger)
    notice_minutes: Mapped[int]
    seats_left: Mapped[int | None] = mapped_column(sa.SmallInteger)
    drop_in: Mapped[bool] = mapped_column(server_default=sa.false())
    lead: Mapped[bool]
    plain: Mapped[bool]
    channel: Mapped[str]
    topic: Mapped[str]
    region: Mapped[str]
    municipality: Mapped[str | None]
    languages: Mapped[list[str]]
    features: Mapped[list[str]]


class Claim(Base):
    """The time that a visit (`session_id`) takes of a tutor, a room or a device. The constraint lets no two overlap."""

    __tablename__ = "claim"
    __table_args__ = (
        ExcludeConstraint(("resource_id", "="), ("busy", "&&"), name="in_one_place", using="gist"),
        sa.Index("claim_by_expiry", "resource_id", "expires", postgresql_where=sa.text("expires IS NOT NULL")),
    )
    session_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    resource_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    busy: Mapped[Range[dt.datetime]] = mapped_column(TSTZRANGE)
    kind: Mapped[str]
    expires: Mapped[dt.datetime | None]


class Demand(Base):
    """How often something was sought in vain within an hour. No person."""

    __tablename__ = "demand"
    hour: Mapped[dt.datetime] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    searches: Mapped[int]


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
    booked_by: Mapped[str]
    booked_for_organisation: Mapped[uuid.UUID | None]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=sa.text("now()"))
    live_session: Mapped[uuid.UUID | None] = mapped_column(
        sa.Computed("CASE WHEN state IN ('held', 'booked', 'attended', 'no_show') THEN session_id END", persisted=True)
    )


class Citizen(Base):
    """What the visit needs to know of the person who comes. Can be erased without touching the appointment. The
    address is asked for a visit at home only, and erased first."""

    __tablename__ = "citizen"
    appointment_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("appointment.id"), primary_key=True)
    name: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    language: Mapped[str]
    note: Mapped[str | None]
    answers: Mapped[JsonObject] = mapped_column(server_default="{}")
    address: Mapped[str | None]
    code_word: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(unique=True)


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


class WaitlistEntry(Base):
    """Somebody's place on the waitlist for a time that is not free yet. `asked_by` is for the record only."""

    __tablename__ = "waiting"
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str]
    asked_at: Mapped[dt.datetime]
    state: Mapped[WaitlistState] = mapped_column(sa.Text)
    topic: Mapped[str]
    wish: Mapped[JsonObject]
    until: Mapped[dt.datetime]
    offered_until: Mapped[dt.datetime | None]
    appointment_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("appointment.id"))
    asked_by: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(unique=True)


class WaitlistCitizen(Base):
    """Who waits. Erased when the entry is closed."""

    __tablename__ = "waiting_citizen"
    waiting_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("waiting.id"), primary_key=True)
    name: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    language: Mapped[str]

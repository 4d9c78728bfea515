"""The tables of `providers`."""

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared import db
from shared.db import primary_key


class Base(db.Base):
    """The base of this service's own tables."""

    __abstract__ = True
    metadata = sa.MetaData()


class Municipality(Base):
    __tablename__ = "municipality"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[dict[str, Any]]
    region: Mapped[str] = mapped_column(index=True)
    region_name: Mapped[dict[str, Any]]
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
    name: Mapped[dict[str, Any]]


class FormerMunicipality(Base):
    """A municipality that is no more, and the one that it is part of."""

    __tablename__ = "former_municipality"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[dict[str, Any]]
    merged_into: Mapped[str] = mapped_column(sa.ForeignKey("municipality.code"))
    merged_on: Mapped[dt.date]


class Topic(Base):
    __tablename__ = "topic"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[dict[str, Any]]
    rank: Mapped[int]
    parent: Mapped[str | None] = mapped_column(sa.ForeignKey("topic.code"))
    synonyms: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    ptv_class: Mapped[str | None]
    words: Mapped[list[str] | None] = mapped_column(doc="what it is found by; none: not worked out yet")
    version: Mapped[int] = mapped_column(server_default="1")


class Organisation(Base):
    __tablename__ = "organisation"
    __table_args__ = (
        sa.UniqueConstraint("source", "source_id", name="organisation_source"),
        sa.Index(
            "organisation_business_id", "business_id", unique=True, postgresql_where=sa.text("status <> 'proposed'")
        ),
    )
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str] = mapped_column(index=True)
    name: Mapped[dict[str, Any]]
    kind: Mapped[str]
    municipality: Mapped[str] = mapped_column(sa.ForeignKey("municipality.code"))
    status: Mapped[str]
    business_id: Mapped[str | None]
    mandate: Mapped[str] = mapped_column(server_default="general")
    email: Mapped[str | None]
    phone: Mapped[str | None]
    url: Mapped[str | None]
    retention_days: Mapped[int] = mapped_column(server_default="90")
    version: Mapped[int] = mapped_column(server_default="1")
    source: Mapped[str | None]
    source_id: Mapped[str | None]


class ServicePoint(Base):
    __tablename__ = "service_point"
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str] = mapped_column(index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    name: Mapped[dict[str, Any]]
    address: Mapped[str]
    municipality: Mapped[str] = mapped_column(sa.ForeignKey("municipality.code"), index=True)
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    phone: Mapped[str | None]
    url: Mapped[str | None]
    features: Mapped[list[str]] = mapped_column(server_default="{}")
    equipment: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    description: Mapped[dict[str, Any] | None]
    not_done: Mapped[dict[str, Any] | None]
    email: Mapped[str | None]
    channels: Mapped[list[str]] = mapped_column(server_default="{on_site}")
    languages: Mapped[list[str]] = mapped_column(server_default="{fi}")
    weekly_hours: Mapped[Any] = mapped_column(JSONB, server_default="[]")
    drop_in: Mapped[Any] = mapped_column(JSONB, server_default="[]")
    status: Mapped[str]
    publishing: Mapped[str] = mapped_column(server_default="published")
    provenance: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    search_text: Mapped[str | None] = mapped_column(
        sa.Computed(
            "folded(coalesce(name->>'fi', '') || ' ' || coalesce(name->>'sv', '') || ' ' || "
            "coalesce(name->>'en', '') || ' ' || address)"
        )
    )
    version: Mapped[int] = mapped_column(server_default="1")


class SourceRecord(Base):
    """What a source said last of one of its records, and which service point that is here."""

    __tablename__ = "source_record"
    source: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(primary_key=True)
    service_point_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_point.id"), index=True)
    says: Mapped[dict[str, Any]]
    gives_support: Mapped[bool | None]
    seen_at: Mapped[dt.datetime] = mapped_column(server_default=sa.text("now()"))


class OpeningDay(Base):
    """What is known of a service point's hours on a date; `hours` is empty when it is known to be closed."""

    __tablename__ = "opening_day"
    service_point_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_point.id"), primary_key=True)
    date: Mapped[dt.date] = mapped_column(primary_key=True)
    hours: Mapped[Any] = mapped_column(JSONB)
    edited: Mapped[bool] = mapped_column(server_default=sa.false(), doc="by hand, so that no import changes it")


class Person(Base):
    __tablename__ = "person"
    __table_args__ = (sa.CheckConstraint("num_nonnulls(email, phone) > 0", name="person_reachable"),)
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str]
    email: Mapped[str | None] = mapped_column(unique=True)
    phone: Mapped[str | None] = mapped_column(unique=True)
    language: Mapped[str]


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
    other_organisations: Mapped[list[uuid.UUID]] = mapped_column(sa.ARRAY(sa.Uuid), server_default="{}")
    training: Mapped[Any] = mapped_column(JSONB, server_default="[]")
    guidelines_accepted_on: Mapped[dt.date | None]
    active_from: Mapped[dt.date | None]
    active_until: Mapped[dt.date | None]
    status: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")


class RoleGrant(Base):
    __tablename__ = "role_grant"
    id: Mapped[uuid.UUID] = primary_key()
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    role: Mapped[str]
    sub_region: Mapped[str | None]
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    service_point_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("service_point.id"))
    tutor_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("tutor.id"))


class Offering(Base):
    __tablename__ = "offering"
    id: Mapped[uuid.UUID] = primary_key()
    region: Mapped[str] = mapped_column(index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    name: Mapped[dict[str, Any]]
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
    breaks: Mapped[Any] = mapped_column(JSONB)
    capacity: Mapped[int]
    tutors: Mapped[int] = mapped_column("helpers")  # the column keeps its former name for the code before
    needs: Mapped[list[str]]
    description: Mapped[dict[str, Any] | None]
    for_whom: Mapped[dict[str, Any] | None]
    bring: Mapped[dict[str, Any] | None]
    safety_promise: Mapped[dict[str, Any] | None]
    questions: Mapped[Any] = mapped_column(JSONB, server_default="[]")
    status: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")


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


class SignedIn(Base):
    """A person's session; its refresh token is kept as a hash."""

    __tablename__ = "signed_in"
    __table_args__ = (sa.CheckConstraint("how IN ('code', 'passkey', 'single_sign_on')"),)
    id: Mapped[uuid.UUID] = primary_key()
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
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


class Passkey(Base):
    """The public half of a WebAuthn credential."""

    __tablename__ = "passkey"
    id: Mapped[uuid.UUID] = primary_key()
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(sa.BigInteger)
    name: Mapped[str]
    created_at: Mapped[dt.datetime]
    last_used_at: Mapped[dt.datetime | None]


class SingleSignOn(Base):
    """A sign-in that is under way at a municipality's own identity provider."""

    __tablename__ = "single_sign_on"
    id: Mapped[uuid.UUID] = primary_key()
    provider: Mapped[str]
    state: Mapped[str] = mapped_column(unique=True)
    nonce: Mapped[str]
    verifier: Mapped[str]
    created_at: Mapped[dt.datetime]


class Identity(Base):
    """Who a person is at an identity provider."""

    __tablename__ = "identity"
    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)


class ApiClient(Base):
    __tablename__ = "api_client"
    id: Mapped[uuid.UUID] = primary_key()
    name: Mapped[str]
    region: Mapped[str]
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    scopes: Mapped[list[str]]
    secret_hash: Mapped[bytes]
    next_secret_hash: Mapped[bytes | None]
    last_used_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]


class AuditEntry(Base):
    """Who did what to which record. Written by triggers alone, and changed by nobody."""

    __tablename__ = "audit_entry"
    id: Mapped[uuid.UUID] = primary_key()
    at: Mapped[dt.datetime] = mapped_column(server_default=sa.text("clock_timestamp()"))
    caller: Mapped[str]
    address: Mapped[str | None]
    action: Mapped[str]
    kind: Mapped[str]
    record: Mapped[str] = mapped_column(index=True)
    region: Mapped[str | None]

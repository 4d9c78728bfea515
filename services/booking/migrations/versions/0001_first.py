"""Copies, rules of time, free spans, appointments."""

from alembic import op

from shared import base_tables

revision = "0001"
down_revision = None

TABLES = """
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE municipality (code text PRIMARY KEY, region text NOT NULL);

CREATE TABLE service_point (
    id uuid PRIMARY KEY,
    region text NOT NULL,
    municipality text NOT NULL,
    name jsonb NOT NULL,
    address text NOT NULL,
    active boolean NOT NULL
);

CREATE TABLE staffed_day (
    service_point_id uuid NOT NULL,
    date date NOT NULL,
    hours jsonb NOT NULL,
    PRIMARY KEY (service_point_id, date)
);

CREATE TABLE tutor (
    id uuid PRIMARY KEY,
    region text NOT NULL,
    organisation_id uuid NOT NULL,
    display_name text NOT NULL,
    languages text[] NOT NULL,
    topics text[] NOT NULL,
    channels text[] NOT NULL,
    active boolean NOT NULL,
    refreshed_on date
);
CREATE INDEX ix_tutor_organisation_id ON tutor (organisation_id);
CREATE INDEX ix_tutor_refreshed_on ON tutor (refreshed_on);

CREATE TABLE offering (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    topics text[] NOT NULL,
    channels text[] NOT NULL,
    duration_minutes integer NOT NULL,
    buffer_before_minutes integer NOT NULL,
    buffer_after_minutes integer NOT NULL,
    grid_minutes integer NOT NULL,
    notice_minutes integer NOT NULL,
    horizon_days integer NOT NULL,
    bring jsonb,
    active boolean NOT NULL
);
CREATE INDEX ix_offering_organisation_id ON offering (organisation_id);

CREATE TABLE availability (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    region text NOT NULL,
    tutor_id uuid NOT NULL,
    service_point_id uuid,
    channels text[] NOT NULL,
    weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    opens time NOT NULL,
    closes time NOT NULL,
    zone text NOT NULL,
    valid_from date,
    valid_until date
);
CREATE INDEX ix_availability_tutor_id ON availability (tutor_id);
CREATE INDEX ix_availability_service_point_id ON availability (service_point_id);

CREATE TABLE absence (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    region text NOT NULL,
    tutor_id uuid NOT NULL,
    starts timestamptz NOT NULL,
    ends timestamptz NOT NULL,
    CHECK (starts < ends)
);
CREATE INDEX ix_absence_tutor_id ON absence (tutor_id);

CREATE TABLE free_span (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tutor_id uuid NOT NULL,
    offering_id uuid NOT NULL,
    service_point_id uuid,
    channel text NOT NULL,
    topic text NOT NULL,
    lead boolean NOT NULL,
    region text NOT NULL,
    municipality text,
    languages text[] NOT NULL,
    first_start timestamptz NOT NULL,
    last_start timestamptz NOT NULL,
    step_minutes integer NOT NULL,
    duration_minutes integer NOT NULL,
    notice_minutes integer NOT NULL
);
CREATE INDEX free_span_by_municipality ON free_span (topic, municipality, first_start);
CREATE INDEX free_span_by_region ON free_span (topic, region, first_start);
CREATE INDEX free_span_by_service_point ON free_span (service_point_id, topic, first_start);
CREATE INDEX free_span_lead ON free_span (municipality, first_start) WHERE lead;
CREATE INDEX free_span_by_tutor ON free_span (tutor_id, first_start);

CREATE TABLE appointment (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    region text NOT NULL,
    organisation_id uuid NOT NULL,
    tutor_id uuid NOT NULL,
    offering_id uuid NOT NULL,
    service_point_id uuid,
    channel text NOT NULL,
    topic text NOT NULL,
    starts timestamptz NOT NULL,
    ends timestamptz NOT NULL,
    busy tstzrange NOT NULL CHECK (NOT isempty(busy) AND busy @> tstzrange(starts, ends)),
    state text NOT NULL CHECK (state IN ('booked', 'cancelled', 'attended', 'no_show')),
    sequence integer NOT NULL DEFAULT 0,
    result text,
    manages_alone boolean,
    booked_by text NOT NULL,
    booked_for_organisation uuid,
    cancelled_by text,
    cancelled_at timestamptz,
    -- A tutor cannot be in two places, whatever process or machine writes.
    CONSTRAINT tutor_in_one_place EXCLUDE USING gist (tutor_id WITH =, busy WITH &&) WHERE (state <> 'cancelled')
);
CREATE INDEX appointment_by_tutor ON appointment (tutor_id, starts);
CREATE INDEX appointment_by_organisation ON appointment (organisation_id, starts);

CREATE TABLE citizen (
    appointment_id uuid PRIMARY KEY REFERENCES appointment,
    name text NOT NULL,
    phone text,
    email text,
    language text NOT NULL,
    note text,
    code_word text NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    CHECK (num_nonnulls(phone, email) > 0)
);
"""


def upgrade() -> None:
    op.execute(base_tables.V1)
    op.execute(TABLES)

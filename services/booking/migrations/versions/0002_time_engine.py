"""Claims apart from appointments, holds, seats, rooms; every rule of availability; what was sought in vain.

The copies of the registry are made anew, by following the feed from its beginning: they have new columns.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

COPIES = """
ALTER TABLE municipality
    ADD COLUMN sub_region text NOT NULL DEFAULT '',
    ADD COLUMN neighbours text[] NOT NULL DEFAULT '{}',
    ADD COLUMN lat double precision,
    ADD COLUMN lon double precision;
CREATE INDEX ix_municipality_sub_region ON municipality (sub_region);
CREATE TABLE organisation (id uuid PRIMARY KEY, region text NOT NULL, retention_days integer NOT NULL);
ALTER TABLE service_point
    ADD COLUMN organisation_id uuid,
    ADD COLUMN lat double precision,
    ADD COLUMN lon double precision,
    ADD COLUMN features text[] NOT NULL DEFAULT '{}',
    ADD COLUMN equipment jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN drop_in jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN refreshed_on date;
CREATE INDEX ix_service_point_municipality ON service_point (municipality);
CREATE INDEX service_point_stale ON service_point (refreshed_on) WHERE drop_in <> '[]';
ALTER TABLE tutor
    ADD COLUMN home_municipalities text[] NOT NULL DEFAULT '{}',
    ADD COLUMN pooled boolean NOT NULL DEFAULT false;
ALTER TABLE offering
    ADD COLUMN other_durations_minutes integer[] NOT NULL DEFAULT '{}',
    ADD COLUMN most_per_day integer,
    ADD COLUMN most_per_week integer,
    ADD COLUMN breaks jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN capacity integer NOT NULL DEFAULT 1,
    ADD COLUMN helpers integer NOT NULL DEFAULT 1,
    ADD COLUMN needs text[] NOT NULL DEFAULT '{}';
-- Every length of notice that a free span has had: each is an ordered stretch of an index for the search.
CREATE TABLE notice (minutes integer PRIMARY KEY);
DELETE FROM feed_cursor WHERE source = 'providers';
"""

RULES = """
ALTER TABLE availability
    ADD COLUMN offerings uuid[],
    ADD COLUMN starts_on date,
    ADD COLUMN recurrence text,
    ADD COLUMN version integer NOT NULL DEFAULT 0;
-- Weekly hours of before: from the first such weekday on, every week, to the last moment of the last day.
UPDATE availability SET
    starts_on = coalesce(valid_from, date '2026-01-05')
        + (7 + weekday - extract(isodow FROM coalesce(valid_from, date '2026-01-05'))::integer) % 7,
    recurrence = 'FREQ=WEEKLY;BYDAY=' || (ARRAY['MO','TU','WE','TH','FR','SA','SU'])[weekday] || coalesce(
        ';UNTIL=' || to_char(((valid_until + 1)::timestamp AT TIME ZONE zone - interval '1 second') AT TIME ZONE 'UTC',
                             'YYYYMMDD"T"HH24MISS"Z"'), '');
ALTER TABLE availability
    ALTER COLUMN starts_on SET NOT NULL,
    ALTER COLUMN recurrence SET NOT NULL,
    DROP COLUMN weekday, DROP COLUMN valid_from, DROP COLUMN valid_until;

CREATE TABLE extra_time (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    region text NOT NULL,
    tutor_id uuid NOT NULL,
    service_point_id uuid,
    channels text[] NOT NULL,
    offerings uuid[],
    starts timestamptz NOT NULL,
    ends timestamptz NOT NULL,
    CHECK (starts < ends)
);
CREATE INDEX ix_extra_time_tutor_id ON extra_time (tutor_id);
CREATE INDEX ix_extra_time_service_point_id ON extra_time (service_point_id);

CREATE TABLE closing (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    region text NOT NULL,
    service_point_id uuid NOT NULL,
    starts timestamptz NOT NULL,
    ends timestamptz NOT NULL,
    CHECK (starts < ends)
);
CREATE INDEX ix_closing_service_point_id ON closing (service_point_id);

-- How a tutor's week is read. Without a row: the installation's zone, and the public holidays of Finland.
CREATE TABLE tutor_time (tutor_id uuid PRIMARY KEY, zone text NOT NULL, holidays text);

-- A tutor's own calendar. Its address is a secret.
CREATE TABLE own_calendar (
    tutor_id uuid PRIMARY KEY,
    url text NOT NULL,
    checked_at timestamptz,
    fresh_at timestamptz,
    failing_since timestamptz,
    failure text
);
CREATE INDEX own_calendar_due ON own_calendar (checked_at NULLS FIRST);
CREATE TABLE busy_elsewhere (
    tutor_id uuid NOT NULL,
    starts timestamptz NOT NULL,
    ends timestamptz NOT NULL,
    PRIMARY KEY (tutor_id, starts, ends)
);
"""

SPANS = """
DROP TABLE free_span;
CREATE TABLE free_span (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    first_start timestamptz NOT NULL,
    last_start timestamptz NOT NULL,
    free_from timestamptz NOT NULL,
    tutor_id uuid NOT NULL,
    offering_id uuid NOT NULL,
    service_point_id uuid,
    step_minutes smallint NOT NULL,
    duration_minutes smallint NOT NULL,
    before_minutes smallint NOT NULL,
    after_minutes smallint NOT NULL,
    notice_minutes integer NOT NULL,
    seats_left smallint,
    drop_in boolean NOT NULL DEFAULT false,
    lead boolean NOT NULL,
    plain boolean NOT NULL,
    channel text NOT NULL,
    topic text NOT NULL,
    region text NOT NULL,
    municipality text,
    languages text[] NOT NULL,
    features text[] NOT NULL,
    CHECK (first_start <= last_start)
);
CREATE INDEX free_span_by_topic ON free_span (topic, notice_minutes, first_start);
CREATE INDEX free_span_by_region ON free_span (region, topic, notice_minutes, first_start);
CREATE INDEX free_span_by_municipality ON free_span (municipality, topic, notice_minutes, first_start);
CREATE INDEX free_span_by_service_point ON free_span (service_point_id, topic, notice_minutes, first_start);
CREATE INDEX free_span_lead_by_region ON free_span (region, notice_minutes, first_start) WHERE lead;
CREATE INDEX free_span_lead_by_municipality ON free_span (municipality, notice_minutes, first_start) WHERE lead;
CREATE INDEX free_span_by_tutor ON free_span (tutor_id, first_start);
UPDATE tutor SET refreshed_on = NULL;
"""

# `claim` is the time that a session takes of a tutor, a room or a device. A session is one visit, or a group's.
CLAIMS = """
CREATE TABLE claim (
    session_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    busy tstzrange NOT NULL CHECK (NOT isempty(busy)),
    kind text NOT NULL CHECK (kind IN ('tutor', 'helper', 'equipment')),
    expires timestamptz,
    PRIMARY KEY (session_id, resource_id),
    -- Nobody and nothing is in two places, whatever process or machine writes.
    CONSTRAINT in_one_place EXCLUDE USING gist (resource_id WITH =, busy WITH &&)
);
CREATE INDEX claim_by_expiry ON claim (resource_id, expires) WHERE expires IS NOT NULL;
INSERT INTO claim (session_id, resource_id, busy, kind)
    SELECT id, tutor_id, busy, 'tutor' FROM appointment WHERE state <> 'cancelled';

ALTER TABLE appointment
    DROP CONSTRAINT tutor_in_one_place,
    DROP CONSTRAINT appointment_state_check,
    DROP CONSTRAINT appointment_check;
DROP INDEX appointment_by_tutor;
ALTER TABLE appointment
    DROP COLUMN busy, DROP COLUMN cancelled_by, DROP COLUMN cancelled_at,
    ADD COLUMN session_id uuid,
    ADD COLUMN municipality text,
    ADD COLUMN seat integer NOT NULL DEFAULT 1,
    ADD COLUMN capacity integer NOT NULL DEFAULT 1,
    ADD COLUMN series_id uuid,
    ADD COLUMN waiting_id uuid,
    ADD COLUMN expires timestamptz,
    ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();
UPDATE appointment SET session_id = id;
ALTER TABLE appointment
    ALTER COLUMN session_id SET NOT NULL,
    ADD CONSTRAINT appointment_state CHECK (
        state IN ('held', 'lapsed', 'booked', 'displaced', 'cancelled', 'attended', 'no_show')),
    ADD CONSTRAINT appointment_forward CHECK (starts < ends),
    ADD CONSTRAINT held_until CHECK ((state = 'held') = (expires IS NOT NULL)),
    ADD CONSTRAINT seat_exists CHECK (seat BETWEEN 1 AND capacity),
    ADD COLUMN live_session uuid GENERATED ALWAYS AS (
        CASE WHEN state IN ('held', 'booked', 'attended', 'no_show') THEN session_id END) STORED,
    -- No seat is sold twice, and whatever lives has its time.
    ADD CONSTRAINT one_a_seat UNIQUE (live_session, seat),
    ADD CONSTRAINT has_its_time FOREIGN KEY (live_session, tutor_id) REFERENCES claim (session_id, resource_id)
        DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX appointment_by_tutor ON appointment (tutor_id, starts);
CREATE INDEX appointment_by_service_point ON appointment (service_point_id, starts);
CREATE INDEX appointment_by_series ON appointment (series_id) WHERE series_id IS NOT NULL;

-- Every step of every appointment: by whom, from where to where, and how long before it would have begun.
CREATE TABLE transition (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    appointment_id uuid NOT NULL,
    at timestamptz NOT NULL,
    step text NOT NULL,
    from_state text,
    to_state text NOT NULL,
    actor text NOT NULL,
    caller text NOT NULL,
    reason text,
    minutes_before integer NOT NULL
);
CREATE INDEX transition_by_appointment ON transition (appointment_id, id);
CREATE FUNCTION history_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE 'what happened is not changed'; END $$;
CREATE TRIGGER history_is_kept BEFORE UPDATE OR DELETE ON transition
    FOR EACH STATEMENT EXECUTE FUNCTION history_is_kept();
INSERT INTO transition (appointment_id, at, step, to_state, actor, caller, minutes_before)
    SELECT id, created_at, 'book', state, 'client', booked_by, 0 FROM appointment;
"""

PEOPLE = """
ALTER TABLE citizen ADD COLUMN address text;

CREATE TABLE waiting (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    region text NOT NULL,
    asked_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'offered', 'booked', 'ended')),
    topic text NOT NULL,
    wish jsonb NOT NULL,
    until timestamptz NOT NULL,
    offered_until timestamptz,
    appointment_id uuid REFERENCES appointment,
    asked_by text NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    CHECK ((state = 'offered') = (offered_until IS NOT NULL))
);
CREATE INDEX waiting_in_order ON waiting (region, topic, asked_at, id) WHERE state = 'waiting';
CREATE INDEX waiting_offered ON waiting (offered_until) WHERE state = 'offered';
CREATE TABLE waiting_citizen (
    waiting_id uuid PRIMARY KEY REFERENCES waiting,
    name text NOT NULL,
    phone text,
    email text,
    language text NOT NULL,
    CHECK (num_nonnulls(phone, email) > 0)
);

-- What was sought in vain, by the hour. No person.
CREATE TABLE demand (
    hour timestamptz NOT NULL,
    topic text NOT NULL,
    region text NOT NULL,
    municipality text NOT NULL,
    channel text NOT NULL,
    language text NOT NULL,
    searches integer NOT NULL,
    PRIMARY KEY (hour, topic, region, municipality, channel, language)
);
"""


def upgrade() -> None:
    for part in (COPIES, RULES, SPANS, CLAIMS, PEOPLE):
        op.execute(part)

"""Who may do what, with sub-regions; other ways to sign in; access that ends at once; postal codes and municipalities
that are no more; questions that an offering asks."""

import csv
from pathlib import Path

import sqlalchemy as sa
from alembic import op

from shared import base_tables

revision = "0004"
down_revision = "0003"

TABLES = """
ALTER TABLE role_grant ADD COLUMN sub_region text;
ALTER TABLE sign_in ADD COLUMN address_hash bytea;
CREATE INDEX sign_in_address ON sign_in (address_hash, created_at);

ALTER TABLE signed_in
    ADD COLUMN how text NOT NULL DEFAULT 'code' CHECK (how IN ('code', 'passkey', 'single_sign_on')),
    ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN last_used_at timestamptz NOT NULL DEFAULT now();

-- A challenge is answered once, and soon (WebAuthn level 3, section 13.4.3).
CREATE TABLE challenge (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    person_id uuid REFERENCES person ON DELETE CASCADE,
    challenge bytea NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE TABLE passkey (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    person_id uuid NOT NULL REFERENCES person ON DELETE CASCADE,
    credential_id bytea NOT NULL UNIQUE,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz
);
CREATE INDEX ix_passkey_person_id ON passkey (person_id);

CREATE TABLE single_sign_on (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    provider text NOT NULL,
    state text NOT NULL UNIQUE,
    nonce text NOT NULL,
    verifier text NOT NULL,
    created_at timestamptz NOT NULL
);
-- Who somebody is at an identity provider: known once they have come with an e-mail address that is theirs here.
CREATE TABLE identity (
    issuer text NOT NULL,
    subject text NOT NULL,
    person_id uuid NOT NULL REFERENCES person ON DELETE CASCADE,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX ix_identity_person_id ON identity (person_id);

CREATE TABLE postal_code (
    code text PRIMARY KEY,
    municipality text NOT NULL REFERENCES municipality,
    name jsonb NOT NULL
);
CREATE TABLE former_municipality (
    code text PRIMARY KEY,
    name jsonb NOT NULL,
    merged_into text NOT NULL REFERENCES municipality,
    merged_on date NOT NULL
);

-- A helper who is forgotten loses their name in what was told of them before. Nothing else in the feed may change.
CREATE OR REPLACE FUNCTION event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.position IS NULL AND to_jsonb(NEW) - 'position' = to_jsonb(OLD) - 'position' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.type = 'fi.vuoro.tutor.changed' AND to_jsonb(NEW) - 'data' = to_jsonb(OLD) - 'data'
            AND NEW.data = OLD.data || jsonb_build_object('display_name', '–') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'event is append-only';
END $$;

-- What each source says of a point stands in source_record.
ALTER TABLE service_point DROP COLUMN source, DROP COLUMN source_id;

ALTER TABLE topic ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE municipality ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE offering ADD COLUMN questions jsonb NOT NULL DEFAULT '[]';
CREATE INDEX audit_entry_anonymous ON audit_entry (address, at) WHERE caller = 'anonymous:anonymous';
"""
FORMER = sa.text("""
    INSERT INTO former_municipality (code, name, merged_into, merged_on)
    VALUES (:code, jsonb_build_object('fi', CAST(:name_fi AS text), 'sv', CAST(:name_sv AS text)), :merged_into,
            CAST(:merged_on AS date))
""")
# As before, and a passkey lies in its person's region.
AUDITING = """
CREATE OR REPLACE FUNCTION audited() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
    place text := row->>'region';
BEGIN
    IF TG_TABLE_NAME IN ('role_grant', 'passkey') THEN
        SELECT region INTO place FROM person WHERE id = (row->>'person_id')::uuid;
    ELSIF TG_TABLE_NAME = 'opening_day' THEN
        IF coalesce(current_setting('vuoro.caller', true), '') = '' THEN
            RETURN NULL;  -- an import's tens of thousands of days are told by its own record of what it was told
        END IF;
        SELECT region INTO place FROM service_point WHERE id = (row->>'service_point_id')::uuid;
    END IF;
    INSERT INTO audit_entry (caller, address, action, kind, record, region)
    VALUES (coalesce(nullif(current_setting('vuoro.caller', true), ''), 'operator'),
            nullif(current_setting('vuoro.address', true), ''), lower(TG_OP), TG_TABLE_NAME,
            coalesce(row->>'id', row->>'code', row->>'service_point_id'), place);
    RETURN NULL;
END $$;
"""
AUDITED = "CREATE TRIGGER audited AFTER INSERT OR DELETE ON passkey FOR EACH ROW EXECUTE FUNCTION audited()"


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(base_tables.REVOKED)
    op.execute(AUDITING)
    op.execute(AUDITED)
    with (Path(__file__).parents[1] / "data" / "0004_former_municipalities.csv").open(
        encoding="utf-8", newline=""
    ) as lines:
        for row in csv.DictReader(lines):
            op.get_bind().execute(FORMER, row)

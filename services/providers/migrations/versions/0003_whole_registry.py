"""A whole catalogue: what a citizen and a coordinator need to know of each record, where it came from, how to find it;
and a taxonomy of topics with the words that people use."""

import csv
import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TABLES = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Letters as those type them who have no å, ä and ö at hand.
CREATE FUNCTION folded(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN translate(lower($1), 'åäöæøéèêëáàâüúùûíìîïóòôñçčšžŧđŋ', 'aaoaoeeeeaaauuuuiiiiooonccsztdn');

ALTER TABLE municipality
    ADD COLUMN folded_names text[] GENERATED ALWAYS AS (ARRAY[folded(name->>'fi'), folded(name->>'sv')]) STORED;

ALTER TABLE topic
    ADD COLUMN parent text REFERENCES topic,
    ADD COLUMN synonyms jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN ptv_class text,
    ADD COLUMN words text[];

ALTER TABLE organisation
    ADD COLUMN business_id text,
    ADD COLUMN mandate text NOT NULL DEFAULT 'general',
    ADD COLUMN email text,
    ADD COLUMN phone text,
    ADD COLUMN url text,
    ADD COLUMN version integer NOT NULL DEFAULT 1;

-- Whoever merely proposes an organisation cannot take another's business ID away.
CREATE UNIQUE INDEX organisation_business_id ON organisation (business_id) WHERE status <> 'proposed';

ALTER TABLE service_point
    ADD COLUMN description jsonb,
    ADD COLUMN not_done jsonb,
    ADD COLUMN email text,
    ADD COLUMN channels text[] NOT NULL DEFAULT '{on_site}',
    ADD COLUMN languages text[] NOT NULL DEFAULT '{fi}',
    ADD COLUMN weekly_hours jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN publishing text NOT NULL DEFAULT 'published',
    ADD COLUMN provenance jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN search_text text GENERATED ALWAYS AS (
        folded(coalesce(name->>'fi', '') || ' ' || coalesce(name->>'sv', '') || ' ' || coalesce(name->>'en', '') || ' '
               || address)) STORED;
UPDATE service_point SET url = NULL WHERE url !~ '^https?://[^[:space:]<>"]+$';
CREATE INDEX service_point_search ON service_point USING gin (search_text gin_trgm_ops);
CREATE INDEX service_point_lat ON service_point (lat);

-- What each source said last of each of its records: fields by name, a name in a language as "name.fi".
CREATE TABLE source_record (
    source text NOT NULL,
    source_id text NOT NULL,
    service_point_id uuid NOT NULL REFERENCES service_point,
    says jsonb NOT NULL,
    gives_support boolean,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, source_id)
);
CREATE INDEX ix_source_record_service_point_id ON source_record (service_point_id);
INSERT INTO source_record (source, source_id, service_point_id, says)
SELECT source, source_id, id, jsonb_build_object(
           'name.fi', name->'fi', 'address', address, 'municipality', municipality, 'lat', lat, 'lon', lon,
           'phone', phone, 'url', url)
FROM service_point WHERE source IS NOT NULL;

ALTER TABLE opening_day ADD COLUMN edited boolean NOT NULL DEFAULT false;

ALTER TABLE tutor
    ADD COLUMN kind text NOT NULL DEFAULT 'volunteer',
    ADD COLUMN full_name text,
    ADD COLUMN other_organisations uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN training jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN guidelines_accepted_on date,
    ADD COLUMN active_from date,
    ADD COLUMN active_until date,
    ADD COLUMN version integer NOT NULL DEFAULT 1;

ALTER TABLE api_client
    ADD COLUMN next_secret_hash bytea,
    ADD COLUMN last_used_at timestamptz,
    ADD COLUMN revoked_at timestamptz;

ALTER TABLE offering
    ADD COLUMN description jsonb,
    ADD COLUMN for_whom jsonb,
    ADD COLUMN safety_promise jsonb,
    ADD COLUMN version integer NOT NULL DEFAULT 1;
"""
# Who did what to which record, when and from where. The database writes it, whoever writes the record, and lets nobody
# change it. `vuoro.caller` and `vuoro.address` are told by the transaction; an operator's command tells nothing.
AUDIT = """
CREATE TABLE audit_entry (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    caller text NOT NULL,
    address text,
    action text NOT NULL,
    kind text NOT NULL,
    record text NOT NULL,
    region text
);
CREATE INDEX ix_audit_entry_record ON audit_entry (record);
CREATE FUNCTION audited() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
    place text := row->>'region';
BEGIN
    IF TG_TABLE_NAME = 'role_grant' THEN
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
CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE 'what is in the audit log stays as it is'; END $$;
CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept();
"""
AUDITED = ("organisation", "service_point", "tutor", "offering", "person", "role_grant", "opening_day")
ROWS = "CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON {} FOR EACH ROW EXECUTE FUNCTION audited()"
PARTS = """
CREATE TRIGGER audited AFTER INSERT OR UPDATE OF name, rank, parent, synonyms, ptv_class OR DELETE ON topic
    FOR EACH ROW EXECUTE FUNCTION audited();
CREATE TRIGGER audited AFTER INSERT OR UPDATE OF name, scopes, secret_hash, next_secret_hash, revoked_at OR DELETE
    ON api_client FOR EACH ROW EXECUTE FUNCTION audited();
CREATE TRIGGER audited AFTER UPDATE OF name ON municipality FOR EACH ROW EXECUTE FUNCTION audited();
"""
TOPIC = sa.text("""
    INSERT INTO topic (code, name, rank, parent, synonyms, ptv_class)
    VALUES (:code, CAST(:name AS jsonb), :rank, :parent, CAST(:synonyms AS jsonb), :ptv_class)
    ON CONFLICT (code) DO UPDATE SET parent = excluded.parent, synonyms = excluded.synonyms,
                                     ptv_class = excluded.ptv_class
    RETURNING code, name, rank, parent, synonyms, ptv_class
""")
TELL = sa.text("INSERT INTO event (type, subject, data) VALUES (:type, :subject, CAST(:data AS jsonb))")


def upgrade() -> None:
    op.execute(TABLES)
    with (Path(__file__).parents[1] / "data" / "0003_taxonomy.csv").open(encoding="utf-8", newline="") as lines:
        for rank, row in enumerate(csv.DictReader(lines), start=101):
            values = {
                "code": row["code"],
                "parent": row["parent"] or None,
                "ptv_class": row["ptv_class"] or None,
                "rank": rank,
                "name": json.dumps({language: row[f"name_{language}"] for language in ("fi", "sv", "en")}),
                "synonyms": json.dumps(
                    {language: row[f"says_{language}"].split("|") for language in ("fi", "sv", "en")}
                ),
            }
            found = dict(op.get_bind().execute(TOPIC, values).mappings().one())
            event = {"type": "fi.vuoro.topic.changed", "subject": row["code"], "data": json.dumps(found)}
            op.get_bind().execute(TELL, event)
    op.execute(AUDIT)
    for table in AUDITED:
        op.execute(ROWS.format(table))
    op.execute(PARTS)

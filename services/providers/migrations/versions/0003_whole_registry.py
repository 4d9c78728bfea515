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
    ADD COLUMN business_id text UNIQUE,
    ADD COLUMN mandate text NOT NULL DEFAULT 'general',
    ADD COLUMN email text,
    ADD COLUMN phone text,
    ADD COLUMN url text,
    ADD COLUMN version integer NOT NULL DEFAULT 1;

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

ALTER TABLE tutor
    ADD COLUMN kind text NOT NULL DEFAULT 'volunteer',
    ADD COLUMN full_name text,
    ADD COLUMN other_organisations uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN training jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN guidelines_accepted_on date,
    ADD COLUMN active_from date,
    ADD COLUMN active_until date,
    ADD COLUMN version integer NOT NULL DEFAULT 1;

ALTER TABLE offering
    ADD COLUMN description jsonb,
    ADD COLUMN for_whom jsonb,
    ADD COLUMN safety_promise jsonb,
    ADD COLUMN version integer NOT NULL DEFAULT 1;
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
    with (Path(__file__).parents[2] / "taxonomy.csv").open(encoding="utf-8", newline="") as lines:
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

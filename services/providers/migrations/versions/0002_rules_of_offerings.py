"""What the time engine needs to know: an offering's rules, homes that a tutor goes to, what a place has, how long
details are kept, and which municipalities lie side by side."""

import csv
import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = """
ALTER TABLE municipality
    ADD COLUMN sub_region text NOT NULL DEFAULT '',
    ADD COLUMN sub_region_name text NOT NULL DEFAULT '',
    ADD COLUMN neighbours text[] NOT NULL DEFAULT '{}';
ALTER TABLE organisation ADD COLUMN retention_days integer NOT NULL DEFAULT 90;
ALTER TABLE service_point
    ADD COLUMN features text[] NOT NULL DEFAULT '{}',
    ADD COLUMN equipment jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN drop_in jsonb NOT NULL DEFAULT '[]';
ALTER TABLE tutor ADD COLUMN home_municipalities text[] NOT NULL DEFAULT '{}';
ALTER TABLE offering
    ADD COLUMN other_durations_minutes integer[] NOT NULL DEFAULT '{}',
    ADD COLUMN most_per_day integer,
    ADD COLUMN most_per_week integer,
    ADD COLUMN breaks jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN capacity integer NOT NULL DEFAULT 1,
    ADD COLUMN helpers integer NOT NULL DEFAULT 1,
    ADD COLUMN needs text[] NOT NULL DEFAULT '{}';
"""
FILL = sa.text(
    "UPDATE municipality SET sub_region = :sub_region, sub_region_name = :sub_region_fi, neighbours = :neighbours, "
    "lat = coalesce(lat, :lat), lon = coalesce(lon, :lon) WHERE code = :code RETURNING *"
)
TELL = sa.text("INSERT INTO event (type, subject, data) VALUES (:type, :subject, CAST(:data AS jsonb))")


def upgrade() -> None:
    op.execute(TABLES)
    with (Path(__file__).parents[1] / "data" / "0001_municipalities.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            values = row | {
                "neighbours": row["neighbours"].split(),
                "lat": float(row["lat"]),
                "lon": float(row["lon"]),
            }
            found = op.get_bind().execute(FILL, values).mappings().one()
            event = {"type": "fi.vuoro.municipality.changed", "subject": row["code"], "data": json.dumps(dict(found))}
            op.get_bind().execute(TELL, event)

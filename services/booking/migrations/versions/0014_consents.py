"""A copy of whose tutors may help at whose service points, and who has hours there already."""

from alembic import op

revision = "0014"
down_revision = "0013"

TABLES = """
    CREATE TABLE consent (
        service_point_id uuid NOT NULL,
        organisation_id uuid NOT NULL,
        allowed boolean NOT NULL,
        PRIMARY KEY (service_point_id, organisation_id)
    );
    CREATE INDEX consent_withdrawn ON consent (organisation_id) WHERE NOT allowed;
    CREATE TABLE assumed_consent (
        service_point_id uuid NOT NULL,
        organisation_id uuid NOT NULL,
        PRIMARY KEY (service_point_id, organisation_id)
    );
"""
# Nobody was asked before; whose hours stand goes on as one who was.
ASSUMED = """
    INSERT INTO assumed_consent (service_point_id, organisation_id)
    SELECT DISTINCT point.id, tutor.organisation_id
    FROM (
        SELECT tutor_id, service_point_id FROM availability WHERE last_on IS NULL OR last_on >= current_date
        UNION SELECT tutor_id, service_point_id FROM extra_time WHERE ends > now()
    ) AS hours
    JOIN tutor ON tutor.id = hours.tutor_id AND NOT tutor.ended
    JOIN service_point AS point ON point.id = hours.service_point_id
    WHERE point.organisation_id <> tutor.organisation_id;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(ASSUMED)

"""Tutors ask for consents: who is asked and who has asked are told."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE consent_notice (
            id uuid PRIMARY KEY DEFAULT uuidv7(),
            consent_id uuid NOT NULL REFERENCES consent,
            about text NOT NULL CHECK (about IN ('asked', 'answered')),
            person_id uuid REFERENCES person ON DELETE CASCADE,
            created_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX ix_consent_notice_consent_id ON consent_notice (consent_id);
        CREATE INDEX ix_consent_notice_person_id ON consent_notice (person_id);
    """)

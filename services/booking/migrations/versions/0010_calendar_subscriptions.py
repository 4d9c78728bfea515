"""Tutors' visits as calendars that other programs subscribe to."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE calendar_subscription (
            tutor_id uuid PRIMARY KEY, id uuid NOT NULL UNIQUE, secret_hash bytea NOT NULL UNIQUE,
            made_at timestamptz NOT NULL, made_by text NOT NULL, language text NOT NULL, code_words boolean NOT NULL
        );
        CREATE INDEX ix_calendar_subscription_made_by ON calendar_subscription (made_by);
    """)

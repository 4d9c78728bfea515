"""Links that citizens ask for again, and what they say of their visits."""

from alembic import op

revision = "0019"
down_revision = "0018"

# Whose times are to come is found by how they are reached.
LOST_LINKS = """
    CREATE TABLE lost_link (
        id uuid PRIMARY KEY,
        phone text,
        email text,
        until timestamptz NOT NULL,
        tries integer NOT NULL DEFAULT 0,
        opened boolean NOT NULL DEFAULT false,
        CHECK (num_nonnulls(phone, email) = 1)
    );
    CREATE INDEX citizen_by_phone ON citizen (phone);
    CREATE INDEX citizen_by_email ON citizen (lower(email));
    CREATE INDEX waiting_citizen_by_phone ON waiting_citizen (phone);
    CREATE INDEX waiting_citizen_by_email ON waiting_citizen (lower(email));
"""
# The answers stay without a name; what was written goes with the citizen, whoever erases them.
FEEDBACK = """
    CREATE TABLE feedback (
        appointment_id uuid PRIMARY KEY REFERENCES appointment,
        given_at timestamptz NOT NULL,
        met_need smallint NOT NULL CHECK (met_need BETWEEN 1 AND 5),
        recommends boolean NOT NULL
    );
    CREATE INDEX feedback_in_order ON feedback (given_at, appointment_id);
    CREATE TABLE feedback_text (
        appointment_id uuid PRIMARY KEY REFERENCES citizen ON DELETE CASCADE,
        words text,
        answer text,
        answered_at timestamptz,
        answered_by text
    );
"""


def upgrade() -> None:
    op.execute(LOST_LINKS)
    op.execute(FEEDBACK)

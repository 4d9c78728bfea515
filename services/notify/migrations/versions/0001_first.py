"""The outbox."""

from alembic import op

from shared import base_tables

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE message (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    channel text NOT NULL,
    subject uuid NOT NULL,
    organisation_id uuid,
    region text,
    state text NOT NULL CHECK (state IN ('due', 'sent', 'dropped', 'failed')),
    due_at timestamptz NOT NULL,
    not_after timestamptz NOT NULL,
    try_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    reason text
);
CREATE INDEX message_to_send ON message (try_at) WHERE state = 'due';
CREATE INDEX ix_message_subject ON message (subject);
"""


def upgrade() -> None:
    op.execute(base_tables.V1)
    op.execute(TABLES)

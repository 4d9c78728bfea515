"""Whose access has been taken away; who has left; and what offerings ask, with what citizens answer."""

from alembic import op

from shared import base_tables

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute(base_tables.REVOKED)
    op.execute("""
        ALTER TABLE tutor ADD COLUMN ended boolean NOT NULL DEFAULT false;
        ALTER TABLE offering ADD COLUMN questions jsonb NOT NULL DEFAULT '[]';
        ALTER TABLE citizen ADD COLUMN answers jsonb NOT NULL DEFAULT '{}';
    """)

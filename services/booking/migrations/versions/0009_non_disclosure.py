"""Citizens whose details may not be disclosed (turvakielto)."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE citizen ADD COLUMN non_disclosure boolean NOT NULL DEFAULT false;
        ALTER TABLE waiting_citizen ADD COLUMN non_disclosure boolean NOT NULL DEFAULT false;
    """)

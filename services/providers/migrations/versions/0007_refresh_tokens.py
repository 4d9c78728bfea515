"""Refresh tokens are good once."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE signed_in ADD COLUMN generation integer NOT NULL DEFAULT 0, ADD COLUMN rotated_at timestamptz"
    )

"""Demand has every search: those that found something, too. None where they were not counted yet."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute("ALTER TABLE demand ADD COLUMN found bigint;")

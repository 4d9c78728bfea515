"""Where a reader of another service's feed is stuck."""

from alembic import op

from shared import base_tables

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute(base_tables.STUCK)

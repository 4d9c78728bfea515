"""Whose access has been taken away."""

from alembic import op

from shared import base_tables

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute(base_tables.REVOKED)

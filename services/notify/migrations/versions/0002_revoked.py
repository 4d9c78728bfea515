"""Whose access has been taken away."""

from alembic import op

from shared import plumbing

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute(plumbing.REVOKED)

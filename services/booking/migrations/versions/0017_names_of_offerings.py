"""What offerings are called, so that two kinds of help at one time look different; it comes with their next event."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute("ALTER TABLE offering ADD COLUMN name jsonb")

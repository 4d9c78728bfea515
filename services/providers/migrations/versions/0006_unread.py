"""Where a source says something of a service point that nobody reads."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("ALTER TABLE source_record ADD COLUMN unread text[] NOT NULL DEFAULT '{}'")

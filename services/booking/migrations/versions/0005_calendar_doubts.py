"""What of a tutor's external calendar is in doubt."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("ALTER TABLE own_calendar ADD COLUMN doubts jsonb NOT NULL DEFAULT '{}'")

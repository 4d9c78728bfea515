"""A service point's ordinary week, and from when until when a tutor helps."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE service_point ADD COLUMN weekly_hours jsonb NOT NULL DEFAULT '[]';
        ALTER TABLE tutor ADD COLUMN active_from date, ADD COLUMN active_until date;
    """)

"""Until when a tutor has seen what was booked for them."""

from alembic import op

revision = "0024"
down_revision = "0022"


def upgrade() -> None:
    op.execute("CREATE TABLE new_appointments (tutor_id uuid PRIMARY KEY, seen_until timestamptz NOT NULL)")

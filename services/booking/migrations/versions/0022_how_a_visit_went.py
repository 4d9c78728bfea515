"""How long a visit took, and with which device somebody was helped."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.execute("ALTER TABLE appointment ADD COLUMN minutes_helped integer, ADD COLUMN device text")

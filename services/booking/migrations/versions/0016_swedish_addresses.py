"""A service point's address in Swedish; it comes with the point's next event, and there was none before."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.execute("ALTER TABLE service_point ADD COLUMN address_sv text")

"""The number at which a tutor's service point calls them, which is not the account's."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.execute("ALTER TABLE tutor ADD COLUMN phone text;")

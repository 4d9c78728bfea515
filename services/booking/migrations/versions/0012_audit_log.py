"""Who sees a citizen's details, and who is refused, is written down."""

from alembic import op

from shared import base_tables

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute(base_tables.AUDIT_ENTRY)
    op.execute(base_tables.AUDIT_CHAIN)

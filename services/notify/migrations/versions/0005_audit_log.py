"""Who is refused is written down."""

from alembic import op

from shared import base_tables

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute(base_tables.AUDIT_ENTRY)
    op.execute(base_tables.AUDIT_CHAIN)

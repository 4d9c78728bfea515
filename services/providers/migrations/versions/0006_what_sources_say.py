"""Where a source says something of a service point that nobody reads, and on which dates it says that something else
holds than its ordinary week."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE source_record
            ADD COLUMN unread text[] NOT NULL DEFAULT '{}',
            ADD COLUMN dates date[] NOT NULL DEFAULT '{}'
    """)

"""What is done without signing in is counted."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute("""
        CREATE UNLOGGED TABLE anonymous_use (
            what text NOT NULL, who bytea NOT NULL, since timestamptz NOT NULL, count integer NOT NULL,
            PRIMARY KEY (what, who, since)
        ) WITH (fillfactor = 70);
        CREATE INDEX ix_anonymous_use_since ON anonymous_use (since);
    """)

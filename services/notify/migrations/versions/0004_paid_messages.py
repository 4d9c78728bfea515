"""How many messages that cost money were sent on a day."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("CREATE TABLE paid_messages (day date PRIMARY KEY, sent integer NOT NULL)")

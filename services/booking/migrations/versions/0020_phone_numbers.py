"""Whom a citizen may call: the public numbers of organisations and service points. They come with the next event of
each, or for all of them with `vuoro rebuild --copies`."""

from alembic import op

revision = "0020"
down_revision = "0016"


def upgrade() -> None:
    op.execute("ALTER TABLE organisation ADD COLUMN phone text")
    op.execute("ALTER TABLE service_point ADD COLUMN phone text")

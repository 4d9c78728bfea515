"""An address in Swedish beside the one that was there, by which a place is found, too."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE service_point ADD COLUMN address_sv text;
        ALTER TABLE service_point ALTER COLUMN search_text SET EXPRESSION AS (
            folded(coalesce(name->>'fi', '') || ' ' || coalesce(name->>'sv', '') || ' ' || coalesce(name->>'en', '')
                   || ' ' || address || ' ' || coalesce(address_sv, '')));
    """)

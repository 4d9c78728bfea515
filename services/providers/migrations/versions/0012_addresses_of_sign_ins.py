"""From where a sign-in by passkey or single sign-on has begun, so that nobody begins them without an end."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE challenge ADD COLUMN address_hash bytea;
        ALTER TABLE single_sign_on ADD COLUMN address_hash bytea;
        CREATE INDEX ix_challenge_address_hash ON challenge (address_hash);
        CREATE INDEX ix_single_sign_on_address_hash ON single_sign_on (address_hash);
    """)

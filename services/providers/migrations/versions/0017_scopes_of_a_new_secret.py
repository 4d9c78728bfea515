"""What an API client's next secret opens is kept beside it: what nobody has confirmed, it never opens."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE api_client ADD COLUMN next_scopes text[];
        UPDATE api_client SET next_scopes = ARRAY(
            SELECT unnest(scopes) EXCEPT SELECT scope FROM pending_grant WHERE client_id = api_client.id
        ) WHERE next_secret_hash IS NOT NULL;
    """)

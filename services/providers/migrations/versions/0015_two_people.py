"""Every role that a person gives waits for a second person, a coordinator's too; and who was shown which secret."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE pending_grant ADD COLUMN sub_region text;
        -- A process of before tells the notices of coordinators' roles to nobody, and notify asks again.
        -- squawk-ignore ban-drop-not-null
        ALTER TABLE grant_notice ALTER COLUMN organisation_id DROP NOT NULL;
        ALTER TABLE api_client ADD COLUMN next_held_by text;
        -- Of two secrets, the last was kept alone: it is not known who was shown the first.
        UPDATE api_client SET next_held_by = held_by, held_by = NULL WHERE next_secret_hash IS NOT NULL;
    """)

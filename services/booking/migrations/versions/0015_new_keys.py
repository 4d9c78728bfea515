"""New keys for citizens whose contacts somebody else has replaced, and whom to tell of it."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE appointment ADD COLUMN key_generation integer NOT NULL DEFAULT 0;
        CREATE TABLE former_contact (
            appointment_id uuid PRIMARY KEY REFERENCES appointment,
            language text NOT NULL,
            phone text,
            email text,
            until timestamptz NOT NULL,
            CHECK (num_nonnulls(phone, email) > 0)
        );
    """)

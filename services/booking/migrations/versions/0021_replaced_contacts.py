"""Each contact that was replaced, and not the latest alone, is to be told of it."""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    # Beside former_contact, into which the version before goes on writing the latest of an appointment.
    op.execute("""
        CREATE TABLE replaced_contact (
            id uuid PRIMARY KEY,
            language text NOT NULL,
            phone text,
            email text,
            until timestamptz NOT NULL,
            CHECK (num_nonnulls(phone, email) > 0)
        );
    """)

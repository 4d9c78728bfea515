"""Whom to tell last: the contacts of somebody who was erased before their visit, for a short while."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE farewell (
            appointment_id uuid PRIMARY KEY REFERENCES appointment,
            language text NOT NULL,
            phone text,
            email text,
            non_disclosure boolean NOT NULL,
            until timestamptz NOT NULL,
            CHECK (num_nonnulls(phone, email) > 0)
        );
    """)

"""Whom somebody must tell that their appointment was changed, and who has told them."""

from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE telling (
            appointment_id uuid NOT NULL REFERENCES appointment,
            sequence integer NOT NULL,
            change text NOT NULL,
            was timestamptz NOT NULL,
            starts timestamptz NOT NULL,
            told_at timestamptz,
            told_by text,
            PRIMARY KEY (appointment_id, sequence)
        );
        CREATE INDEX telling_to_come ON telling (starts) WHERE told_at IS NULL;
    """)

"""Dates that were given as dates are kept as dates, and read in the tutor's zone."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE availability ADD COLUMN last_on date;
        ALTER TABLE absence ADD COLUMN first_on date;
        ALTER TABLE absence ADD COLUMN last_on date;
    """)
    op.execute("""
        UPDATE availability SET last_on =
            (substring(recurrence FROM 'UNTIL=([0-9]{8}T[0-9]{6}Z)')::timestamptz AT TIME ZONE zone)::date
        WHERE recurrence LIKE '%UNTIL=%'
    """)

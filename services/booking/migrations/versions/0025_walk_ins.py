"""Who comes without a time: the tally and the queue of a service point."""

from alembic import op

revision = "0025"
down_revision = "0024"

# A day is found by the unique constraint's index.
WALK_INS = """
    CREATE TABLE walk_in (
        id uuid PRIMARY KEY DEFAULT uuidv7(),
        region text NOT NULL,
        organisation_id uuid,
        service_point_id uuid NOT NULL,
        tutor_id uuid,
        date date NOT NULL,
        number integer,
        state text NOT NULL CHECK (state IN ('waiting', 'called', 'helped', 'turned_away', 'left')),
        topic text,
        minutes_helped integer,
        device text,
        came_at timestamptz NOT NULL,
        called_at timestamptz,
        ended_at timestamptz,
        noted_by text NOT NULL,
        UNIQUE (service_point_id, date, number)
    );
"""


def upgrade() -> None:
    op.execute(WALK_INS)

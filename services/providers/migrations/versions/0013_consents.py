"""Which organisations' tutors may help at whose service points."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE consent (
            id uuid PRIMARY KEY DEFAULT uuidv7(),
            region text NOT NULL,
            service_point_id uuid NOT NULL REFERENCES service_point,
            organisation_id uuid NOT NULL REFERENCES organisation,
            status text NOT NULL CHECK (status IN ('asked', 'allowed', 'withdrawn')),
            UNIQUE (service_point_id, organisation_id)
        );
        CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON consent FOR EACH ROW EXECUTE FUNCTION audited();
    """)

"""Roles and scopes that open citizens' details wait for a second person, and the organisation is told of them."""

from alembic import op

revision = "0010"
down_revision = "0009"

# A table of its own, so that a version of before, which knows no second person, gives nobody what waits for one.
TABLES = """
CREATE TABLE pending_grant (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    region text NOT NULL,
    person_id uuid REFERENCES person ON DELETE CASCADE,
    role text,
    organisation_id uuid REFERENCES organisation,
    service_point_id uuid REFERENCES service_point,
    tutor_id uuid REFERENCES tutor,
    client_id uuid REFERENCES api_client,
    scope text,
    given_by text NOT NULL,
    given_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pending_grant_is_one CHECK (num_nonnulls(person_id, client_id) = 1),
    CONSTRAINT pending_grant_role CHECK ((person_id IS NULL) = (role IS NULL)),
    CONSTRAINT pending_grant_scope CHECK ((client_id IS NULL) = (scope IS NULL))
);
CREATE INDEX ix_pending_grant_person_id ON pending_grant (person_id);
CREATE INDEX ix_pending_grant_client_id ON pending_grant (client_id);
CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON pending_grant FOR EACH ROW EXECUTE FUNCTION audited();

CREATE TABLE grant_notice (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    about text NOT NULL CHECK (about IN ('pending', 'confirmed')),
    grant_id uuid NOT NULL,
    organisation_id uuid NOT NULL REFERENCES organisation,
    receiver text NOT NULL,
    given text NOT NULL,
    person_id uuid REFERENCES person ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_grant_notice_person_id ON grant_notice (person_id);

ALTER TABLE api_client ADD COLUMN held_by text;
"""
# Who registered a client was shown its secret. Of those that an operator registered, nobody who signs in was.
HOLDERS = """
UPDATE api_client SET held_by = (
    SELECT caller FROM audit_entry
    WHERE kind = 'api_client' AND action = 'insert' AND record = api_client.id::text AND caller LIKE 'person:%'
    LIMIT 1
);
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(HOLDERS)

"""What the role that a service runs as may do in its database. The tables are another role's, the owner's: a service
that was broken into can neither change what was written to stay nor take off the triggers that keep it so."""

from psycopg import sql

# Of an event, a position is given once, and the name of a tutor who is forgotten goes; of an entry of the audit log,
# the seal is given once. Triggers see to that.
GRANTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role};
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {role};
REVOKE UPDATE, DELETE ON event FROM {role};
GRANT UPDATE (position, data) ON event TO {role};
REVOKE INSERT, UPDATE, DELETE ON audit_entry FROM {role};
GRANT INSERT (caller, address, action, kind, record, region) ON audit_entry TO {role};
GRANT UPDATE (position, address_hash, hash) ON audit_entry TO {role};
"""


def grants_to(role: str) -> str:
    """Return the statements that give a service's role what it needs, and no more, once the tables are there."""
    return sql.SQL(GRANTS).format(role=sql.Identifier(role)).as_string(None)

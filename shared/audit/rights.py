"""What the role that a service runs as may do to its audit log beyond what it is granted (`shared.grants`)."""

from shared.db import Connection

# A member of an owner may do what the owner may, whether it has begun to or not.
OWNED = """
    SELECT 'the database ' || datname FROM pg_database
    WHERE datname = current_database() AND pg_has_role(datdba, 'MEMBER')
    UNION ALL
    SELECT 'the schema public' FROM pg_namespace WHERE nspname = 'public' AND pg_has_role(nspowner, 'MEMBER')
    UNION ALL
    (SELECT 'the table ' || oid::regclass FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind <> 'i' AND pg_has_role(relowner, 'MEMBER') ORDER BY 1)
    UNION ALL
    (SELECT 'the function ' || oid::regprocedure FROM pg_proc
     WHERE pronamespace = 'public'::regnamespace AND pg_has_role(proowner, 'MEMBER') ORDER BY 1)
"""
IN_TABLE = """
    SELECT kind FROM unnest('{INSERT,UPDATE,DELETE,TRUNCATE,TRIGGER}'::text[]) AS kind
    WHERE EXISTS (SELECT FROM pg_roles WHERE pg_has_role(pg_roles.oid, 'MEMBER')
                                         AND has_table_privilege(pg_roles.oid, 'public.audit_entry', kind))
"""
IN_COLUMNS = """
    SELECT kind || ' ' || attname
    FROM pg_attribute, (VALUES ('INSERT', '{caller,address,action,kind,record,region}'::name[]),
                               ('UPDATE', '{position,address_hash,hash}')) AS granted (kind, columns)
    WHERE attrelid = 'public.audit_entry'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> ALL (columns)
      AND NOT has_table_privilege(attrelid, kind)
      AND EXISTS (SELECT FROM pg_roles WHERE pg_has_role(pg_roles.oid, 'MEMBER')
                                         AND has_column_privilege(pg_roles.oid, attrelid, attnum, kind))
    ORDER BY 1
"""


async def wrong_rights(connection: Connection) -> list[str]:
    """Return a sentence for each right over the log that the role which asks has and is not to have, in a
    transaction that searches nothing. Who owns something may do anything to it."""
    role = connection.info.user
    if owned := await _column(connection, OWNED):
        more = f" and {len(owned) - 1} more" if len(owned) > 1 else ""
        return [f"the role {role} owns {owned[0]}{more}, and is to own nothing"]
    rights = await _column(connection, IN_TABLE) + await _column(connection, IN_COLUMNS)
    return [f"the role {role} may {right} in the audit log" for right in rights]


async def _column(connection: Connection, statement: str) -> list[str]:
    return [str(row[0]) for row in await (await connection.execute(statement)).fetchall()]

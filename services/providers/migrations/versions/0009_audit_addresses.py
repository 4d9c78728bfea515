"""An address goes from the audit log when nobody needs it any more; nothing else of an entry is ever changed."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("""
        DROP TRIGGER audit_is_kept ON audit_entry;
        CREATE TRIGGER audit_is_kept BEFORE DELETE OR TRUNCATE ON audit_entry
            FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept();
        CREATE FUNCTION audit_loses_addresses() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.address IS NULL AND OLD.at < now() - interval '30 days'
               AND to_jsonb(NEW) - 'address' = to_jsonb(OLD) - 'address' THEN
                RETURN NEW;
            END IF;
            RAISE 'what is in the audit log stays as it is';
        END $$;
        CREATE TRIGGER audit_loses_addresses BEFORE UPDATE ON audit_entry
            FOR EACH ROW EXECUTE FUNCTION audit_loses_addresses();

        -- The one way to change the log: whoever may call it needs no right to write there.
        CREATE FUNCTION blank_audit_addresses(kept interval) RETURNS void LANGUAGE sql SECURITY DEFINER
            SET search_path = pg_catalog, public AS $$
            UPDATE audit_entry SET address = NULL
            WHERE address IS NOT NULL AND at < now() - greatest(kept, interval '30 days')
        $$;
        CREATE INDEX audit_entry_with_address ON audit_entry (at) WHERE address IS NOT NULL;
    """)

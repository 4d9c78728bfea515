"""The audit log is a chain, and knows who signs in."""

from alembic import op

from shared import base_tables

revision = "0011"
down_revision = "0010"

# What somebody else made in pg_temp is searched last: an entry goes into the log, and nowhere else.
SEARCHED = "ALTER FUNCTION audited() SET search_path = pg_catalog, public, pg_temp;"
# Nothing but the trigger has called it; the index has been by addresses as they are, and not by networks.
FORMER = """
DROP TRIGGER audit_loses_addresses ON audit_entry;
-- squawk-ignore ban-drop-function
DROP FUNCTION audit_loses_addresses;
DROP INDEX audit_entry_anonymous;
"""
# The account that signs in is who does it.
SIGN_INS = """
CREATE FUNCTION audit_sign_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.audit_entry (caller, address, action, kind, record, region)
    SELECT 'person:' || NEW.person_id, nullif(current_setting('vuoro.address', true), ''), 'sign-in', NEW.how,
           NEW.person_id, region
    FROM public.person WHERE id = NEW.person_id;
    RETURN NULL;
END $$;
CREATE TRIGGER audited AFTER INSERT ON signed_in FOR EACH ROW EXECUTE FUNCTION audit_sign_in();
"""


def upgrade() -> None:
    op.execute(FORMER)
    op.execute(SEARCHED)
    op.execute(base_tables.AUDIT_CHAIN)
    op.execute(SIGN_INS)

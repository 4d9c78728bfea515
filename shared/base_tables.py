"""The tables that every service's first migration makes: its events, its cursors, its keys. Frozen: a change of these
is a new constant and a new migration in each service."""

V1 = """
CREATE TABLE event (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    position bigint UNIQUE,
    id uuid NOT NULL UNIQUE DEFAULT uuidv7(),
    type text NOT NULL,
    subject text NOT NULL,
    organisation_id uuid,
    region text,
    internal boolean NOT NULL DEFAULT false,
    data jsonb NOT NULL,
    time timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX event_unnumbered ON event (seq) WHERE position IS NULL;

-- What has happened stays as it was told; only a position is given, once.
CREATE FUNCTION event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.position IS NULL AND to_jsonb(NEW) - 'position' = to_jsonb(OLD) - 'position' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'event is append-only';
END $$;
CREATE TRIGGER event_is_append_only BEFORE UPDATE OR DELETE ON event
    FOR EACH ROW EXECUTE FUNCTION event_is_append_only();

CREATE TABLE feed_cursor (source text PRIMARY KEY, last_event_id uuid);

CREATE TABLE issuer_keys (single boolean PRIMARY KEY DEFAULT true CHECK (single), jwks jsonb NOT NULL);

CREATE TABLE idempotency_key (
    caller text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    resource_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_key_age ON idempotency_key (created_at);
"""

REVOKED = """
CREATE TABLE revoked (bearer text PRIMARY KEY, at timestamptz NOT NULL);
CREATE INDEX ix_revoked_at ON revoked (at);
"""

STUCK = """
ALTER TABLE feed_cursor
    ADD COLUMN stuck_since timestamptz,
    ADD COLUMN stuck_event_id uuid,
    ADD COLUMN stuck_event_type text,
    ADD COLUMN stuck_reason text;
"""

# Who did what, and who saw whom. Of an entry, the seal is given once, and the address goes once nobody needs it; the
# database refuses everything else, also of the owner. `vuoro.caller` and `vuoro.address` are told by the transaction
# that triggers write for.
AUDIT_ENTRY = """
CREATE TABLE audit_entry (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    caller text NOT NULL,
    address text,
    action text NOT NULL,
    kind text NOT NULL,
    record text NOT NULL,
    region text
);
CREATE INDEX ix_audit_entry_record ON audit_entry (record);
CREATE INDEX audit_entry_with_address ON audit_entry (at) WHERE address IS NOT NULL;
CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE 'what is in the audit log stays as it is'; END $$;
CREATE TRIGGER audit_is_kept BEFORE DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept();
"""
# The salt of an entry makes the hash of its address one that nobody can try addresses on, once the salt is gone too.
# Entries of before have none: their addresses are not in the chain.
AUDIT_CHAIN = """
ALTER TABLE audit_entry ADD COLUMN salt uuid, ADD COLUMN position bigint, ADD COLUMN address_hash bytea,
    ADD COLUMN hash bytea;
-- Nothing is there yet that it is of, and a log of changes of the registry is read in a moment.
ALTER TABLE audit_entry
    -- squawk-ignore constraint-missing-not-valid
    ADD CONSTRAINT audit_entry_seal CHECK ((position IS NULL) = (hash IS NULL) AND octet_length(hash) = 32);
ALTER TABLE audit_entry ALTER COLUMN salt SET DEFAULT gen_random_uuid();
CREATE UNIQUE INDEX audit_entry_position ON audit_entry (position);
CREATE INDEX audit_entry_unsealed ON audit_entry (id) WHERE position IS NULL;
CREATE INDEX audit_entry_of_region ON audit_entry (region, id);
CREATE INDEX audit_entry_of_caller ON audit_entry (caller, id);
CREATE INDEX audit_entry_of_nobody ON audit_entry (at) WHERE caller = 'anonymous:anonymous';
CREATE FUNCTION audit_entry_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    seal text[] := '{position,address_hash,hash}';
    address text[] := '{address,salt}';
BEGIN
    -- Each takes the next place: one that was sealed elsewhere would be outside the chain.
    IF OLD.position IS NULL AND to_jsonb(NEW) - seal = to_jsonb(OLD) - seal
       AND NEW.position = coalesce((SELECT max(position) FROM public.audit_entry), 0) + 1 THEN
        RETURN NEW;
    END IF;
    IF NEW.address IS NULL AND NEW.salt IS NULL AND OLD.position IS NOT NULL AND OLD.at < now() - interval '30 days'
       AND to_jsonb(NEW) - address = to_jsonb(OLD) - address THEN
        RETURN NEW;
    END IF;
    RAISE 'what is in the audit log stays as it is';
END $$;
CREATE TRIGGER audit_entry_changes BEFORE UPDATE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_changes();
-- The one way to take an address out: whoever may call it needs no right to write there. What somebody else made in
-- pg_temp is searched last, and nothing of it is meant.
CREATE OR REPLACE FUNCTION blank_audit_addresses(kept interval) RETURNS void LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
    UPDATE public.audit_entry SET address = NULL, salt = NULL
    WHERE address IS NOT NULL AND position IS NOT NULL AND at < now() - greatest(kept, interval '30 days')
$$;
CREATE TABLE audit_copied (
    single boolean PRIMARY KEY DEFAULT true CHECK (single), position bigint NOT NULL, hash bytea NOT NULL
);
"""

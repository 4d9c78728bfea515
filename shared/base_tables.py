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

"""What writes and keeps the audit log is as the migrations made it, or `verify-audit` says what is not."""

import psycopg
import pytest
import sqlalchemy as sa

from deploy.local.home import DATABASES
from deploy.local.postgres import Postgres
from shared.audit.guards import GUARDS, read_guards
from shared.audit.verifying import verify
from shared.db import connect_directly
from tests.conftest import as_owner, fresh_database
from vuoro.auditing import guards_of

pytestmark = pytest.mark.anyio


async def faults(url: str, service: str) -> list[str]:
    async with await connect_directly(url) as connection:
        return (await verify(connection, {}, read_guards(guards_of(service)))).faults


def as_superuser(server: Postgres, url: str, statement: str) -> None:
    with psycopg.connect(server.url("postgres", str(sa.make_url(url).database)), autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.mark.parametrize("service", DATABASES)
async def test_what_the_migrations_make_is_what_is_expected(postgres: Postgres, service: str) -> None:
    """When a migration has changed it: this is what the file is to say."""
    with psycopg.connect(fresh_database(postgres, service)) as connection:
        connection.execute("SET search_path = pg_catalog")
        found = {name: definition for name, definition, _is_off in connection.execute(GUARDS.encode())}
    assert read_guards(guards_of(service)) == found
    assert await faults(fresh_database(postgres, service), service) == []


REPLACED = "CREATE OR REPLACE FUNCTION {} RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"


@pytest.mark.parametrize("service", DATABASES)
@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            "ALTER TABLE audit_entry DISABLE TRIGGER audit_is_kept",
            "the trigger audit_is_kept of public.audit_entry is off",
        ),
        (
            "ALTER TABLE audit_entry ENABLE REPLICA TRIGGER audit_is_kept",
            "the trigger audit_is_kept of public.audit_entry is off",
        ),
        (
            "DROP TRIGGER audit_entry_changes ON audit_entry",
            "the trigger audit_entry_changes of public.audit_entry is gone",
        ),
        (REPLACED.format("audit_is_kept()"), "the function public.audit_is_kept() is not as the migrations made it"),
        (
            "ALTER FUNCTION blank_audit_addresses SECURITY INVOKER",
            "the function public.blank_audit_addresses(interval) is not as the migrations made it",
        ),
        (
            "ALTER FUNCTION blank_audit_addresses RESET search_path",
            "the function public.blank_audit_addresses(interval) is not as the migrations made it",
        ),
        (
            "CREATE OR REPLACE TRIGGER audit_is_kept BEFORE TRUNCATE ON audit_entry"
            " FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept()",
            "the trigger audit_is_kept of public.audit_entry is not as the migrations made it",
        ),
        (
            "CREATE OR REPLACE TRIGGER audit_entry_changes BEFORE UPDATE ON audit_entry"
            " FOR EACH ROW WHEN (OLD.caller <> 'me') EXECUTE FUNCTION audit_entry_changes()",
            "the trigger audit_entry_changes of public.audit_entry is not as the migrations made it",
        ),
        (
            "CREATE TRIGGER lost BEFORE INSERT ON audit_entry"
            " FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            "the trigger lost of public.audit_entry is not the migrations'",
        ),
        (
            "CREATE RULE lost AS ON INSERT TO audit_entry DO INSTEAD NOTHING",
            "the rule lost of public.audit_entry is not the migrations'",
        ),
        ("GRANT DELETE ON audit_entry TO {service}", "the role {service} may DELETE in the audit log"),
        ("GRANT TRUNCATE ON audit_entry TO PUBLIC", "the role {service} may TRUNCATE in the audit log"),
        ("GRANT UPDATE ON audit_entry TO {service}", "the role {service} may UPDATE in the audit log"),
        ("GRANT UPDATE (caller) ON audit_entry TO {service}", "the role {service} may UPDATE caller in the audit log"),
        ("GRANT INSERT (at) ON audit_entry TO {service}", "the role {service} may INSERT at in the audit log"),
        ("GRANT TRIGGER ON audit_entry TO {service}", "the role {service} may TRIGGER in the audit log"),
    ],
)
async def test_what_an_owner_does_to_the_guards_is_said(
    postgres: Postgres, service: str, statement: str, fault: str
) -> None:
    url = fresh_database(postgres, service)
    as_owner(postgres, url, statement.format(service=service))
    assert await faults(url, service) == [fault.format(service=service)]


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("ALTER TABLE person DISABLE TRIGGER audited", "the trigger audited of public.person is off"),
        ("DROP TRIGGER audited ON role_grant", "the trigger audited of public.role_grant is gone"),
        (
            "CREATE OR REPLACE TRIGGER audited AFTER INSERT ON role_grant FOR EACH ROW EXECUTE FUNCTION audited()",
            "the trigger audited of public.role_grant is not as the migrations made it",
        ),
        (
            "CREATE OR REPLACE TRIGGER audited AFTER INSERT ON role_grant"
            " FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            "the trigger audited of public.role_grant is not as the migrations made it",
        ),
        (REPLACED.format("audited()"), "the function public.audited() is not as the migrations made it"),
        (REPLACED.format("audit_sign_in()"), "the function public.audit_sign_in() is not as the migrations made it"),
    ],
)
async def test_what_writes_of_the_registry_is_looked_at_too(postgres: Postgres, statement: str, fault: str) -> None:
    url = fresh_database(postgres, "providers")
    as_owner(postgres, url, statement)
    assert await faults(url, "providers") == [fault]


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            "ALTER ROLE booking IN DATABASE {database} SET session_replication_role = replica",
            "no trigger fires for the role booking: session_replication_role is replica",
        ),
        (
            "CREATE SCHEMA elsewhere; CREATE VIEW elsewhere.audit_entry AS SELECT 1 AS id;"
            " GRANT USAGE ON SCHEMA elsewhere TO booking;"
            " ALTER DATABASE {database} SET search_path = elsewhere, public",
            "the role booking writes into elsewhere.audit_entry, which is not the audit log",
        ),
        (
            "ALTER FUNCTION blank_audit_addresses OWNER TO booking",
            "the role booking owns the function public.blank_audit_addresses(interval)",
        ),
        ("ALTER SCHEMA public OWNER TO booking", "the role booking owns the schema public"),
        ("ALTER DATABASE {database} OWNER TO booking", "the role booking owns the database {database}"),
    ],
)
async def test_what_a_superuser_does_is_said(postgres: Postgres, statement: str, fault: str) -> None:
    url = fresh_database(postgres, "booking")
    database = str(sa.make_url(url).database)
    as_superuser(postgres, url, statement.format(database=database))
    [found] = await faults(url, "booking")
    assert found.startswith(fault.format(database=database))


async def test_a_service_that_owns_its_log_is_told_once(postgres: Postgres) -> None:
    """As where one role is both, or where the service was made a member of the owner."""
    url = fresh_database(postgres, "booking")
    as_superuser(postgres, url, "GRANT booking_owner TO booking WITH INHERIT FALSE")
    try:
        [found] = await faults(url, "booking")
    finally:
        as_superuser(postgres, url, "REVOKE booking_owner FROM booking")
    assert found.startswith("the role booking owns the database ")
    assert found.endswith(" more, and is to own nothing")
    assert await faults(url, "booking") == []

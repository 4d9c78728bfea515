"""The models say what the migrations make."""

import importlib
import re
import secrets
import subprocess
import sys

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from deploy.local.children import plain_environment
from deploy.local.keys import owner_of
from deploy.local.postgres import Postgres
from shared import db, feed, feed_cursors, idempotency, issuer, migrations, revoked
from shared.audit.table import AuditCopied, AuditEntry
from tests.conftest import ROOT, as_owner, fresh_database, migrate_again

# Indexes that only the SQL names: partial ones, or in an order of their own.
KNOWN = {
    "audit_entry_of_caller",
    "audit_entry_of_nobody",
    "audit_entry_of_region",
    "audit_entry_unsealed",
    "audit_entry_with_address",
    "citizen_by_email",
    "citizen_by_phone",
    "consent_withdrawn",
    "event_unnumbered",
    "idempotency_key_age",
    "appointment_by_series",
    "own_calendar_due",
    "service_point_lat",
    "service_point_search",
    "service_point_stale",
    "transition_by_appointment",
    "waiting_citizen_by_email",
    "waiting_citizen_by_phone",
    "waiting_in_order",
    "waiting_offered",
}


@pytest.mark.parametrize("service", ["providers", "booking", "notify"])
def test_models_and_migrations_agree(postgres: Postgres, service: str) -> None:
    tables = (feed.Event, feed_cursors.FeedCursor, idempotency.IdempotencyKey, issuer.KeptKeys, revoked.Revoked)
    for table in (*tables, AuditEntry, AuditCopied):
        assert table.metadata is db.Base.metadata
    models = importlib.import_module(f"services.{service}.models")
    url = sa.make_url(postgres.url(service, service)).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, [models.Base.metadata, db.Base.metadata])  # type: ignore[arg-type]
    assert [
        difference for difference in found if getattr(difference[1], "name", "") not in {*KNOWN, "alembic_version"}
    ] == []


@pytest.mark.parametrize("service", ["providers", "booking", "notify"])
def test_migrating_again_changes_nothing(postgres: Postgres, service: str) -> None:
    migrate_again(postgres, service, fresh_database(postgres, service))


def test_a_migration_gives_up_sooner_than_callers_would_queue_behind_it(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Booking's 0004 alters `tutor`, which somebody reads meanwhile."""
    monkeypatch.setattr(migrations, "LOCK_SECONDS", 1)
    url = fresh_database(postgres, "booking")
    as_owner(postgres, url, "UPDATE alembic_version SET version_num = '0003'", "DROP TABLE revoked")
    with psycopg.connect(url) as reader:
        reader.execute("SELECT FROM tutor")
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
            migrate_again(postgres, "booking", url)


@pytest.mark.parametrize("service", ["providers", "booking", "notify"])
def test_migrating_needs_the_addresses_of_the_database_alone(postgres: Postgres, service: str) -> None:
    fresh, name = f"{service}_{secrets.token_hex(4)}", f"VUORO_{service.upper()}"
    with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {fresh} OWNER {owner_of(service)}".encode())
    address = {f"{name}_DATABASE_URL": postgres.url(service, fresh)}
    refused = migrated(service, address)
    assert refused.returncode == 1
    assert re.fullmatch(f"The database of {service} could not be migrated: permission denied .*\n", refused.stderr)
    done = migrated(service, address | {f"{name}_OWNER_DATABASE_URL": postgres.url(owner_of(service), fresh)})
    assert (done.returncode, done.stderr) == (0, "")
    with psycopg.connect(postgres.url(service, fresh)) as connection:
        assert connection.execute("SELECT count(*) FROM audit_entry").fetchone() == (0,)


@pytest.mark.parametrize("address", ["nothing", "postgresql://x:hunter2@127.0.0.1:1/x"])
def test_where_nothing_can_be_migrated_a_sentence_says_so(address: str) -> None:
    done = migrated("notify", {"VUORO_NOTIFY_DATABASE_URL": address})
    assert done.returncode == 1
    assert re.fullmatch("The database of notify could not be migrated: .*\n", done.stderr)
    assert "hunter2" not in done.stderr


def migrated(service: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What `migrate` said, with these settings and no others."""
    return subprocess.run(
        [sys.executable, "-m", f"services.{service}", "migrate"],
        cwd=ROOT,
        env=plain_environment() | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

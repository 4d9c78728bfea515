"""The models say what the migrations make."""

import importlib

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from deploy.local.postgres import Postgres
from shared import db, feed, feed_cursors, idempotency, issuer, migrations, revoked
from shared.audit.table import AuditCopied, AuditEntry
from tests.conftest import as_owner, fresh_database, migrate_again

# Indexes that only the SQL names: partial ones, or in an order of their own.
KNOWN = {
    "audit_entry_of_caller",
    "audit_entry_of_nobody",
    "audit_entry_of_region",
    "audit_entry_unsealed",
    "audit_entry_with_address",
    "consent_withdrawn",
    "event_unnumbered",
    "idempotency_key_age",
    "appointment_by_series",
    "own_calendar_due",
    "service_point_lat",
    "service_point_search",
    "service_point_stale",
    "transition_by_appointment",
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

"""The models say what the migrations make."""

import importlib

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from deploy.local.postgres import Postgres
from shared import db, feed, following, idempotency, issuer, revoked
from shared.migrations import migrate
from tests.conftest import ROOT, fresh_database

# Indexes that only the SQL names: partial ones, or in an order of their own.
KNOWN = {
    "audit_entry_anonymous",
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
    for base_tables in (feed.Event, following.FeedCursor, idempotency.IdempotencyKey, issuer.KeptKeys, revoked.Revoked):
        assert base_tables.metadata is db.Base.metadata
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
    migrate(ROOT / "services" / service / "migrations", fresh_database(postgres, service))

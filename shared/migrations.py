"""Running a service's migrations. Apart from `shared.db`, so that serving does not load Alembic."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config

LOCK_SECONDS = 10


def migrate(migrations: Path, url: str) -> None:
    """Bring the database at `url` to the newest migration in the folder `migrations`."""
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.attributes["url"] = url
    command.upgrade(config, "head")


def run_migrations() -> None:
    """What every `migrations/env.py` does: all pending migrations in one transaction, one runner at a time."""
    target = sa.make_url(context.config.attributes["url"]).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(target, poolclass=sa.NullPool, connect_args={"connect_timeout": 5})
    with engine.connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('vuoro.migrate'))"))
            # Who comes after a statement that waits for a table waits too, so a migration gives up before callers do.
            connection.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
            context.run_migrations()

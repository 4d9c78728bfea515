"""Running a service's migrations. Apart from `shared.db`, so that serving does not load Alembic."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config
from pydantic import SecretStr

from shared.grants import grants_to
from shared.settings import FromEnvironment

LOCK_SECONDS = 10


class Owner(FromEnvironment):
    """`VUORO_<SERVICE>_OWNER_DATABASE_URL`: how the role that owns a service's tables reaches its database."""

    owner_database_url: SecretStr | None = None


def migrate_service(service: str, migrations: Path, url: str) -> None:
    """Migrate the database of a service, which it reaches by `url`: as the owner, if the environment names one."""
    owner = Owner(_env_prefix=f"VUORO_{service.upper()}_").owner_database_url
    migrate(migrations, owner.get_secret_value() if owner else url, url)


def migrate(migrations: Path, owner_url: str, url: str) -> None:
    """Bring a database to the newest migration in the folder `migrations`, by the role in `owner_url`, which owns it;
    the role in `url` is given what the service may do. They may be one role: then a service may do anything."""
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.attributes["url"] = owner_url
    owner, role = sa.make_url(owner_url).username, sa.make_url(url).username
    config.attributes["role"] = None if role == owner else role
    command.upgrade(config, "head")


def run_migrations() -> None:
    """What every `migrations/env.py` does: all pending migrations and the grants in one transaction, one runner at a
    time."""
    target = sa.make_url(context.config.attributes["url"]).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(target, poolclass=sa.NullPool, connect_args={"connect_timeout": 5})
    with engine.connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('vuoro.migrate'))"))
            # Who comes after a statement that waits for a table waits too, so a migration gives up before callers do.
            connection.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
            context.run_migrations()
            if role := context.config.attributes["role"]:
                connection.exec_driver_sql(grants_to(role))

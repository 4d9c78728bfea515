"""Running a service's migrations. Apart from `shared.db`, so that serving does not load Alembic."""

import sys
from pathlib import Path

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from shared.grants import grants_to
from shared.postgres_version import stop_if_too_old
from shared.settings import FromEnvironment, read_or_stop

LOCK_SECONDS = 10


class Addresses(FromEnvironment):
    """How a service reaches its database (`VUORO_<SERVICE>_DATABASE_URL`), and how the role that owns its tables does
    (`VUORO_<SERVICE>_OWNER_DATABASE_URL`)."""

    database_url: SecretStr
    owner_database_url: SecretStr | None = None


def migrate_service(service: str, migrations: Path) -> None:
    """Migrate the database of a service, which the environment names: as the owner, if it names one. Ends the process
    with a sentence when that cannot be done."""
    found = _addresses_of(service)
    url = found.database_url.get_secret_value()
    stop_if_too_old(service, url)
    try:
        migrate(migrations, found.owner_database_url.get_secret_value() if found.owner_database_url else url, url)
    except sa.exc.ArgumentError:  # which may repeat the address, the password in it as well
        sys.exit(f"The database of {service} could not be migrated: its address is not one of PostgreSQL.")
    except sa.exc.DBAPIError as error:
        sys.exit(f"The database of {service} could not be migrated: {str(error.orig).strip().partition(chr(10))[0]}")


def _addresses_of(service: str) -> Addresses:
    class OfService(Addresses):
        model_config = SettingsConfigDict(env_prefix=f"VUORO_{service.upper()}_")

    return read_or_stop(OfService)


def migrate(migrations: Path, owner_url: str, url: str) -> None:
    """Bring a database to the newest migration in the folder `migrations`, by the role that enters by `owner_url` and
    owns it; the one that enters by `url` is given what the service may do. They may be one role: then a service may do
    anything."""
    command.upgrade(configured(migrations, owner_url, url), "head")


def configured(migrations: Path, owner_url: str, url: str) -> Config:
    """Return what Alembic is told for that."""
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.attributes["url"] = owner_url
    # Asked of the database, since an address need not name its role.
    owner, role = _role_of(owner_url), _role_of(url)
    config.attributes["role"] = None if role == owner else role
    return config


def _role_of(url: str) -> str:
    with _engine(url).connect() as connection:
        return str(connection.scalar(sa.text("SELECT current_user")))


def _engine(url: str) -> sa.Engine:
    target = sa.make_url(url).set(drivername="postgresql+psycopg")
    return sa.create_engine(target, poolclass=sa.NullPool, connect_args={"connect_timeout": 5})


def run_migrations() -> None:
    """What every `migrations/env.py` does: all pending migrations and the grants in one transaction, one runner at a
    time."""
    with _engine(context.config.attributes["url"]).connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('vuoro.migrate'))"))
            # Who comes after a statement that waits for a table waits too, so a migration gives up before callers do.
            connection.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
            context.run_migrations()
            if role := context.config.attributes["role"]:
                connection.exec_driver_sql(grants_to(role))

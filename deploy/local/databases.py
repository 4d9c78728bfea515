"""The services' databases: made in the embedded server, reached wherever they are, and migrated."""

from functools import partial
from pathlib import Path

import psycopg

from deploy.local.children import Failure
from deploy.local.forks import run_aside
from deploy.local.home import DATABASES, Home
from deploy.local.parts import ROOT
from shared.postgres_version import TooOld, check_version


def check_reachable(home: Home) -> None:
    """Raise `Failure` for the first database that cannot be connected to, or is of a PostgreSQL that is too old."""
    for service in DATABASES:
        check_database(service, home.database_url(service))


def check_database(service: str, url: str) -> None:
    """Raise `Failure` when the database of a service cannot be connected to, or is of a PostgreSQL that is too old."""
    variable = f"VUORO_{service.upper()}_DATABASE_URL"
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
            check_version(connection)
    except TooOld as too_old:
        raise Failure(f"The database of {service} cannot be used ({variable}): {too_old}.") from None
    except psycopg.ProgrammingError:  # which repeats what it cannot read, the password in it as well
        said = f"The database of {service} cannot be reached ({variable})"
        raise Failure(f"{said}: its address is not one of PostgreSQL") from None
    except psycopg.Error as error:
        raise Failure(f"The database of {service} cannot be reached ({variable}): {_first_line(error)}") from None


def migrate_databases(home: Home) -> None:
    """Migrate each database that is behind; raises `Failure`."""
    behind = [service for service in DATABASES if not _is_migrated(service, home.owner_url(service))]
    if behind:
        run_aside(partial(_migrate_each, home, behind))


def _migrate_each(home: Home, services: list[str]) -> None:
    from shared.migrations import migrate

    for service in services:
        try:
            migrate(_migrations(service), home.owner_url(service), home.database_url(service))
        except Exception as error:
            raise Failure(f"The database of {service} could not be migrated: {_first_line(error)}") from None


def _migrations(service: str) -> Path:
    return ROOT / "services" / service / "migrations"


def _is_migrated(service: str, url: str) -> bool:
    """Whether the newest migration has run. Loading Alembic to find out would cost every start half a second."""
    newest = max(path.name for path in (_migrations(service) / "versions").glob("[0-9]*.py"))
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
        if found is None or found[0] is None:
            return False
        version = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return version is not None and newest.startswith(version[0])


def _first_line(error: Exception) -> str:
    """Return the first line of what went wrong."""
    return str(error).strip().partition("\n")[0]

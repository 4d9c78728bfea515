"""Which PostgreSQL Vuoro needs, told before anything fails for the lack of it."""

import sys

import psycopg
import sqlalchemy as sa

OLDEST = 18  # uuidv7()


class TooOld(Exception):
    """The database is of an older PostgreSQL; which one, and which is needed, is its text"""


def check_version(connection: psycopg.Connection) -> None:
    """Raise TooOld for a connection to a server that is too old."""
    version = connection.info.server_version
    if version < OLDEST * 10_000:
        raise TooOld(f"it is PostgreSQL {version // 10_000}, and {OLDEST} or newer is needed")


def check_server(url: str) -> None:
    """Raise TooOld when the server at `url` is too old. One that is away or no address at all is somebody else's to
    tell: a service starts all the same, and is not ready."""
    try:
        target = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(target, autocommit=True, connect_timeout=5) as connection:
            check_version(connection)
    except (psycopg.Error, sa.exc.ArgumentError):
        pass


def stop_if_too_old(service: str, url: str) -> None:
    """End the process with a sentence when the database of a service is of a PostgreSQL that is too old."""
    try:
        check_server(url)
    except TooOld as too_old:
        sys.exit(f"The database of {service} cannot be used: {too_old}.")

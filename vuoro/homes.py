"""The home that the environment names, or a sentence that says what is wrong with it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deploy.local.children import Failure
from deploy.local.home import Home

if TYPE_CHECKING:
    from shared.keys import SigningKey


def home_from_environment() -> Home:
    """Return the home; raises ClickException when the environment names none that can be."""
    try:
        return Home.from_environment()
    except Failure as failure:
        raise click.ClickException(str(failure)) from None


def home_with_database(service: str) -> Home:
    """Return the home, whose database of that service can be reached; raises ClickException.

    A database of one's own (`VUORO_…_DATABASE_URL`) needs no running installation; the embedded one does.
    """
    from deploy.local.databases import check_database

    home = home_from_environment()
    if service in home.embeds() and not home.is_running():
        raise click.ClickException(f"Vuoro is not running on {home.path}. Start it with `make run` first.")
    # The services also take an address that names SQLAlchemy's driver.
    url = home.database_url(service).replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        check_database(service, url)
    except Failure as failure:
        raise click.ClickException(str(failure)) from None
    return home


def address_of(home: Home, service: str) -> str:
    """Return where a service is reached: where the environment says, as the services themselves do, else behind the
    gateway of the home."""
    return os.environ.get(f"VUORO_{service.upper()}_URL") or home.gateway


def signing_key(home: Home, service: str) -> "SigningKey":
    """Return the key that signs a service's calls: the environment's, else the home's; raises ClickException."""
    from shared.keys import SigningKey

    variable = f"VUORO_{service.upper()}_SIGNING_KEY"
    path = Path(os.environ.get(variable) or home.keys.signing_key(service))
    try:
        return SigningKey.from_file(service, path)
    except (OSError, ValueError):
        raise click.ClickException(f"There is no private key in {path}. Set {variable} as {service} has it.") from None

"""The home that the environment names, or a sentence that says what is wrong with it."""

import click

from deploy.local.children import Failure
from deploy.local.home import Home


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
    home = home_from_environment()
    if service in home.embeds() and not home.is_running():
        raise click.ClickException(f"Vuoro is not running on {home.path}. Start it with `make run` first.")
    return home

"""`erase-again`: erase whom a restored backup has brought back."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deploy.local.home import Home
from deploy.local.keys import SECRETS
from vuoro.homes import home_with_database

if TYPE_CHECKING:
    from shared.burying import Burials
    from shared.tombstones import Tombstones


@click.command(name="erase-again")
def erase_again() -> None:
    """Erase again whoever is in the lists of who was erased, and still or again in the databases.

    Run it after restoring a backup, before the services are started; they do the same at their start, as far as they
    can see that the list is newer. Databases, secrets and lists are read from the environment, as the services do; by
    default they are those of `make run`.
    """
    # All lists first: what is wrong with one of them is told before anybody is erased.
    lists = {service: _tombstones(home_with_database(service), service) for service in SECRETS}
    for service, tombstones in lists.items():
        again = asyncio.run(_erase_again(home_with_database(service), service, tombstones)) if tombstones else 0
        click.echo(f"{service}: {again} of the list were in the database, and are erased again.")


def _tombstones(home: Home, service: str) -> "Tombstones | None":
    """Return the list of a service, None when nobody was erased by it on this home yet; raises ClickException when it
    cannot be read."""
    from shared.secrets import Secrets, listed
    from shared.tombstones import Tombstones

    name = f"VUORO_{service.upper()}"
    given = os.environ.get(f"{name}_TOMBSTONES")
    folder = Path(given or home.tombstones(service))
    if not folder.is_dir():
        if not given:
            return None
        raise click.ClickException(f"There is no list in {folder}. Set {name}_TOMBSTONES as {service} has it.")
    try:
        secret = os.environ.get(f"{name}_SECRET") or home.keys.secret(service).read_text()
    except OSError:
        raise click.ClickException(f"Set {name}_SECRET as {service} has it: the list is read by it.") from None
    return Tombstones(folder, Secrets(secret, listed(os.environ.get(f"{name}_ACCEPTED_SECRETS", ""))))


async def _erase_again(home: Home, service: str, tombstones: "Tombstones") -> int:
    from shared import db
    from shared.tombstones import ALWAYS

    engine, sessions = db.connect(home.database_url(service), pool_size=1)
    try:
        async with db.transaction(sessions) as session:
            return await _burials(service, tombstones).erase_since(session, ALWAYS)
    finally:
        await engine.dispose()


def _burials(service: str, tombstones: "Tombstones") -> "Burials":
    from services.booking.actions import burials as booking
    from services.providers.actions import burials as providers

    if service == "booking":
        return booking.burials(tombstones, os.environ.get("VUORO_ZONE", "Europe/Helsinki"))
    return providers.burials(tombstones)

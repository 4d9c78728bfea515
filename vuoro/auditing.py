"""`verify-audit`: find out whether the audit logs are as they were written."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deploy.local.home import DATABASES, Home
from deploy.local.parts import ROOT
from vuoro.homes import home_with_database

if TYPE_CHECKING:
    from shared.audit.verifying import Verified

Noted = dict[str, dict[int, str]]


@click.command(name="verify-audit")
@click.option(
    "--noted", multiple=True, metavar="SERVICE:POSITION:HASH", help="What a former run said of the last entry."
)
def verify_audit(noted: tuple[str, ...]) -> None:
    """Verify that the audit logs are whole and as they were written.

    Prints of each service how many entries its log has, and the position and hash of the last. Note that line
    elsewhere, and give it next time by --noted: so a log that was written anew as a whole, by an owner of the
    database, is found too. Ends with exit code 1 when something is wrong.
    """
    expected = _read_noted(noted)
    wrong = False
    for service in DATABASES:
        found = asyncio.run(_verify(home_with_database(service), service, expected.get(service, {})))
        _print(service, found)
        wrong = wrong or bool(found.faults)
    if wrong:
        raise SystemExit(1)


def _read_noted(noted: tuple[str, ...]) -> Noted:
    read: Noted = {}
    for text in noted:
        service, _, rest = text.partition(":")
        position, _, hashed = rest.partition(":")
        if service not in DATABASES or not position.isdecimal() or len(hashed) != 64:
            raise click.ClickException(f"--noted {text}: write it as a former run printed it, SERVICE:POSITION:HASH.")
        read.setdefault(service, {})[int(position)] = hashed
    return read


async def _verify(home: Home, service: str, expected: dict[int, str]) -> "Verified":
    from shared.audit.guards import read_guards
    from shared.audit.verifying import verify
    from shared.db import connect_directly

    async with await connect_directly(home.database_url(service)) as connection:
        return await verify(connection, expected, read_guards(guards_of(service)))


def guards_of(service: str) -> Path:
    """Return the file of what a service's migrations make to write and keep its audit log."""
    return ROOT / "services" / service / "migrations" / "audit_guards.txt"


def _print(service: str, found: "Verified") -> None:
    for fault in found.faults:
        click.echo(f"{service}: {fault}", err=True)
    last = f"{service}:{found.last.position}:{found.last.hash.hex()}" if found.last else "none"
    click.echo(
        f"{service}: {found.entries} entries, {'NOT ' if found.faults else ''}as they were written; the last: {last}"
    )

"""The local installation: run it, reset it, write its API's documents, give it a new key."""

import json
import os
import shutil
import sys
from pathlib import Path

import click

from vuoro.homes import home_from_environment


@click.command()
def run() -> None:
    """Run everything on this machine, until Ctrl-C."""
    from deploy.local.supervisor import default_launcher, main

    sys.exit(main(default_launcher()))


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(yes: bool) -> None:
    """Delete all data of the local installation (VUORO_HOME, by default var/)."""
    home = home_from_environment()
    if home.is_running():
        raise click.ClickException(f"Vuoro is running on {home.path}. Stop it first.")
    if not yes:
        click.confirm(f"Delete everything in {home.path}?", abort=True)
    shutil.rmtree(home.path, ignore_errors=True)
    click.echo(f"{home.path} is empty. `make run` starts afresh.")


@click.command(name="openapi")
@click.option("--to", "folder", type=click.Path(path_type=Path), default=Path("build/openapi"), show_default=True)
def write_openapi(folder: Path) -> None:
    """Write the OpenAPI document of each service, and the AsyncAPI document of its events."""
    from deploy.local.openapi import files

    folder.mkdir(parents=True, exist_ok=True)
    for name, document in files().items():
        path = folder / name
        path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
        click.echo(path)


@click.command(name="make-keys")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def make_keys(folder: Path) -> None:
    """Make the keys, secrets and passwords of services that run apart, in FOLDER. What is there already stays."""
    from deploy.local.keys import KeyFolder

    KeyFolder(folder).make()
    for path in sorted(folder.rglob("*.*")):
        click.echo(path)


@click.command()
def rotate_key() -> None:
    """Sign access tokens with a new key from now on. The one before stays known, so that nobody is signed out; those
    that have not signed for an hour are deleted. Nothing needs to be restarted.
    """
    from deploy.local.keys import rotate_issuer
    from shared.clock import now

    home = home_from_environment()
    given = os.environ.get("VUORO_PROVIDERS_ISSUER_KEYS")
    folder = Path(given) if given else home.keys.issuer
    if not folder.is_dir():
        where = f"{folder} (VUORO_PROVIDERS_ISSUER_KEYS)" if given else home.path
        otherwise = "It is the folder that providers reads." if given else "Start Vuoro with `make run` first."
        raise click.ClickException(f"There are no keys in {where}. {otherwise}")
    fresh, gone = rotate_issuer(folder, now())
    click.echo(f"New key: {fresh}. It signs in ten seconds, once the other services can hear of it.")
    for name in gone:
        click.echo(f"Deleted: {name}")

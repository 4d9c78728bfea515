"""`python -m vuoro`: what an operator does from a terminal."""

import asyncio
import datetime as dt
import json
import os
import shutil
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from deploy.local.children import Failure
from deploy.local.home import Home


@click.group()
def cli() -> None:
    """Vuoro: appointments for digital support."""


@cli.command()
def run() -> None:
    """Run everything on this machine, until Ctrl-C."""
    from deploy.local.run import main

    sys.exit(main())


@cli.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(yes: bool) -> None:
    """Delete all data of the local installation (VUORO_HOME, by default var/)."""
    home = _home()
    if home.is_running():
        raise click.ClickException(f"Vuoro is running on {home.path}. Stop it first.")
    if not yes:
        click.confirm(f"Delete everything in {home.path}?", abort=True)
    shutil.rmtree(home.path, ignore_errors=True)
    click.echo(f"{home.path} is empty. `make run` starts afresh.")


@cli.command()
@click.option("--to", "folder", type=click.Path(path_type=Path), default=Path("build/openapi"), show_default=True)
def openapi(folder: Path) -> None:
    """Write the OpenAPI document of each service."""
    from deploy.local.openapi import documents

    folder.mkdir(parents=True, exist_ok=True)
    for name, document in documents().items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
        click.echo(path)


@cli.group(name="import")
def import_() -> None:
    """Bring lists in."""


DRY_RUN = click.option("--dry-run", is_flag=True, help="Show what would change, row by row, and change nothing.")


@import_.command()
@click.argument("points", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--hours", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="CSV of dated hours.")
@click.option("--source", default="csv", show_default=True, help="Whose list it is; ids are unique within it.")
@click.option("--draft", is_flag=True, help="New points are drafts: of a list that does not tell who gives help.")
@DRY_RUN
def points(points: Path, hours: Path | None, source: str, draft: bool, dry_run: bool) -> None:
    """Import service points, and their dated hours, from CSV (docs/importing.md has the columns).

    The same file twice changes nothing. Rows that cannot be read are listed and the rest goes in. What is no longer
    in the file is listed and kept.
    """
    from services.providers.actions.importing import import_files

    def bring_in(session: Any) -> Any:
        return import_files(session, source=source, points=points, hours=hours, start=_progress, draft=draft)

    _import(bring_in, dry_run)


@import_.command()
@click.argument("where")
@DRY_RUN
def kirkanta(where: str, dry_run: bool) -> None:
    """Import libraries from Kirkanta (Kirjastot.fi, v4): a JSON file, or an address such as
    https://api.kirjastot.fi/v4/library?city.name=Oulu&with=schedules,services,primaryContactInfo
    """
    from services.providers.actions.importing import import_kirkanta

    _import(lambda session: import_kirkanta(session, where=where, start=_progress), dry_run)


@import_.command()
@click.argument("where", nargs=-1, required=True)
@DRY_RUN
def ptv(where: tuple[str, ...], dry_run: bool) -> None:
    """Import service locations from PTV (v11): JSON files or addresses of services and service locations.

    Services tell which locations give digital support (class P9.4), so give both.
    """
    from services.providers.actions.importing import import_ptv

    _import(lambda session: import_ptv(session, where=list(where), start=_progress), dry_run)


@import_.command()
@click.argument("where", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@DRY_RUN
def postal(where: Path, dry_run: bool) -> None:
    """Import Statistics Finland's postal-code key from CSV, so that a postal code finds its municipality."""
    from services.providers.actions.postal_codes import import_postal_codes

    _places(lambda session: import_postal_codes(session, where), dry_run)


@cli.command()
@click.argument("code")
@click.option("--into", required=True, help="Code of the municipality of the same region that it is part of now.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Since when, such as 2027-01-01.")
@DRY_RUN
def merge_municipality(code: str, into: str, on: Any, dry_run: bool) -> None:
    """A municipality is part of another now: what is in it moves at once, and its old name is still understood."""
    from services.providers.actions.places import merge_municipality as merge

    if on.date() > dt.datetime.now(dt.UTC).date():
        raise click.ClickException("That day is still to come. Run this on it.")
    _places(lambda session: merge(session, code=code, into=into, on=on.date()), dry_run)


class _Undone(Exception):
    """A dry run has seen all that it wanted to see."""


def _import(act: Callable[[Any], Any], dry_run: bool) -> None:
    """Run an import of service points and tell what it did, or would do."""
    _tell(_tried(act, dry_run), dry_run)


def _places(act: Callable[[Any], Any], dry_run: bool) -> None:
    """Change what is known of places and tell what it did, or would do."""
    report = _tried(act, dry_run)
    for row in report.rows if dry_run else []:
        click.echo(row)
    for row in report.refused:
        click.echo(f"{row.file}, line {row.line}: {row.field} {row.reason}", err=True)
    click.echo(
        f"{'It would be: ' if dry_run else ''}{report.created} created, {report.changed} changed, "
        f"{report.unchanged} unchanged, {len(report.refused)} rows refused"
    )
    if report.refused and not (report.created or report.changed or report.unchanged):
        raise click.ClickException("Nothing in the file could be read.")


def _tried(act: Callable[[Any], Any], dry_run: bool) -> Any:
    """What an action says it did; in a dry run it is undone."""
    from services.providers.sources.files import Unreadable

    seen: list[Any] = []

    async def and_undo(session: Any) -> None:
        seen.append(await act(session))
        if dry_run:
            raise _Undone

    try:
        _in_registry(and_undo)
    except _Undone:
        pass
    except Unreadable as error:
        raise click.ClickException(str(error)) from None
    return seen[0]


def _tell(report: Any, dry_run: bool) -> None:
    """What an import did, or would do."""
    for row in report.rows if dry_run else []:
        click.echo(row)
    for each in report.differences:
        click.echo(f"edited here, kept: {each.source_id} {each.field}: {each.ours!r}, the source says {each.theirs!r}")
    for row in report.refused:
        click.echo(f"{row.file}, line {row.line}: {row.field} {row.reason}", err=True)
    for source_id in report.vanished:
        click.echo(f"no longer in the file, kept: {source_id}", err=True)
    click.echo(
        f"{'It would be: ' if dry_run else ''}{report.created} created, {report.changed} changed, "
        f"{report.unchanged} unchanged, {report.days_written} days of hours written, "
        f"{len(report.differences)} differences, {len(report.refused)} rows refused, "
        f"{len(report.vanished)} no longer in the file"
    )
    if report.refused and not (report.created or report.changed or report.unchanged):
        raise click.ClickException("Nothing in the file could be read.")


@cli.command()
@click.option("--region", help="Region code, such as 17; by default all.")
def reconcile(region: str | None) -> None:
    """Tell where the registry and its sources (lists, Kirkanta, PTV) disagree, point by point."""
    from services.providers.actions.reconciling import report
    from shared.roles import Within

    async def whole(session: Any) -> list[Any]:
        page = await report(session, [Within(region)], limit=1000)
        items = [*page.items]
        while page.next:
            page = await report(session, [Within(region)], after=uuid.UUID(page.next), limit=1000)
            items += page.items
        return items

    found = _in_registry(whole)
    for each in found:
        says = "; ".join(f"{who}: {value!r}" for who, value in each.says.items())
        click.echo(f"{each.name.best('fi')} ({each.service_point_id}) {each.field}: {says}")
    points = len({each.service_point_id for each in found})
    click.echo(f"{len(found)} disagreements at {points} service points")


def _progress(total: int) -> Callable[[int], None]:
    bar = click.progressbar(length=total, label="Importing", show_pos=True)
    bar.render_progress()

    def step(done: int) -> None:
        bar.update(done)
        if bar.finished:
            bar.render_finish()

    return step


@cli.command()
@click.option("--copies", is_flag=True, help="First make booking's copies of the registry anew from its feed.")
def rebuild(copies: bool) -> None:
    """Work out all free times anew from the rules, and say whether those that were kept differed.

    Booking goes on meanwhile.
    """
    home = _running_home("booking")
    wrong = _recopy(home) if copies else 0
    wrong += _reckon(home)
    if wrong:
        raise click.ClickException("They are right now. Please report this: they should never differ.")


def _recopy(home: Home) -> int:
    import httpx2

    from services.booking.actions.recopying import recopy
    from shared import db
    from shared.clients import ProvidersClient
    from shared.keys import SigningKey

    read = 0

    def count(events: int) -> None:
        nonlocal read
        read += events

    async def act() -> dict[str, int]:
        engine, sessions = db.connect(home.database_url("booking"), pool_size=1)
        key = SigningKey.from_file("booking", home.path / "keys" / "booking.pem")
        try:
            async with httpx2.AsyncClient() as http:
                return await recopy(sessions, ProvidersClient(http, home.gateway, key=key), count)
        finally:
            await engine.dispose()

    wrong = asyncio.run(act())
    rows = ", ".join(f"{number} of {table}" for table, number in wrong.items() if number) or "none"
    click.echo(f"The copies of the registry were made anew from {read} events; rows that differed: {rows}.")
    return sum(wrong.values())


def _reckon(home: Home) -> int:
    from services.booking.actions.rebuilding import rebuild as every_tutor
    from shared import db
    from shared.clock import now

    done = 0

    def count(tutors: int) -> None:
        nonlocal done
        done += tutors

    async def act() -> int:
        async with db.pool(home.database_url("booking"), size=1) as pool:
            return await every_tutor(pool, now=now(), zone=os.environ.get("VUORO_ZONE", "Europe/Helsinki"), tell=count)

    wrong = asyncio.run(act())
    click.echo(f"The free times of {done} tutors were worked out anew; those of {wrong} differed from what was kept.")
    return wrong


@cli.command()
def rotate_key() -> None:
    """Sign access tokens with a new key from now on. The one before stays known, so that nobody is signed out; those
    that have not signed for an hour are deleted. Nothing needs to be restarted.
    """
    from shared.clock import now

    home = _home()
    if not (home.path / "keys" / "issuer").is_dir():
        raise click.ClickException(f"There are no keys in {home.path}. Start Vuoro with `make run` first.")
    fresh, gone = home.rotate_key(now())
    click.echo(f"New key: {fresh}. It signs in ten seconds, once the other services can hear of it.")
    for name in gone:
        click.echo(f"Deleted: {name}")


@cli.group()
def add() -> None:
    """Give first accounts; coordinators add the others through the API."""


@add.command()
@click.argument("email")
@click.option("--region", required=True, help="Region code, such as 17.")
def coordinator(email: str, region: str) -> None:
    """Give a regional coordinator an account."""
    from services.providers.actions.people import create_person
    from shared.schemas.people import PersonInput, Role

    try:
        wanted = PersonInput(region=region, email=email, roles=[Role(role="coordinator")])
    except ValidationError:
        raise click.ClickException("An e-mail address and a region code of two digits are needed.") from None
    _in_registry(lambda session: create_person(session, wanted))
    click.echo(f"{email} can sign in as coordinator of region {region}.")


@add.command()
@click.argument("name")
@click.option("--region", required=True, help="Region code, such as 17.")
@click.option("--scope", "scopes", multiple=True, required=True, help="A scope; give the option once for each.")
def client(name: str, region: str, scopes: tuple[str, ...]) -> None:
    """Register an API client for a whole region, and show its secret once."""
    from services.providers.actions.clients import create_api_client
    from shared.schemas.people import ApiClientInput

    wanted = ApiClientInput.model_validate({"name": name, "region": region, "scopes": list(scopes)})
    secrets: list[str] = []
    client_id = _in_registry(lambda session: create_api_client(session, wanted, secrets.append))
    click.echo(f"client_id:     {client_id}\nclient_secret: {secrets[0]}")


def _in_registry(act: Callable[[Any], Any]) -> Any:
    """Run an action in one transaction of the registry's database."""
    from shared import db
    from shared.problems import Problem

    home = _running_home("providers")

    async def inside() -> Any:
        engine, sessions = db.connect(home.database_url("providers"), pool_size=1)
        try:
            async with db.transaction(sessions) as session:
                return await act(session)
        finally:
            await engine.dispose()

    try:
        return asyncio.run(inside())
    except Problem as problem:
        document = problem.document("en")
        raise click.ClickException(f"{document.title}. {document.detail}") from None


def _running_home(service: str) -> Home:
    """The home, whose database of that service can be reached."""
    home = _home()
    if service in home.embeds() and not home.is_running():
        raise click.ClickException(f"Vuoro is not running on {home.path}. Start it with `make run` first.")
    return home


def _home() -> Home:
    try:
        return Home.from_environment()
    except Failure as failure:
        raise click.ClickException(str(failure)) from None


if __name__ == "__main__":
    cli()

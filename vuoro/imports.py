"""`import`: bring in lists of service points, other registers' answers, and postal codes."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vuoro.options import DRY_RUN
from vuoro.registry import Action, Done, tried_in_registry
from vuoro.reports import print_import, print_places

if TYPE_CHECKING:
    from services.providers.actions.import_report import ImportReport

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(name="import")
def import_list() -> None:
    """Bring lists in."""


@import_list.command(name="points")
@click.argument("points", type=FILE)
@click.option("--hours", type=FILE, help="CSV of dated hours.")
@click.option("--source", default="csv", show_default=True, help="Whose list it is; ids are unique within it.")
@click.option("--draft", is_flag=True, help="New points are drafts: of a list that does not tell who gives help.")
@DRY_RUN
def import_points(points: Path, hours: Path | None, source: str, draft: bool, dry_run: bool) -> None:
    """Import service points, and their dated hours, from CSV (docs/importing.md has the columns).

    The same file twice changes nothing. Rows that cannot be read are listed and the rest goes in. What is no longer
    in the file is listed and kept.
    """
    from services.providers.actions.importing import import_files

    files = partial(import_files, source=source, points=points, hours=hours, start=_show_progress, draft=draft)
    _import(files, dry_run)


@import_list.command(name="kirkanta")
@click.argument("where")
@DRY_RUN
def import_libraries(where: str, dry_run: bool) -> None:
    """Import libraries from Kirkanta (Kirjastot.fi, v4): a JSON file, or an address such as
    https://api.kirjastot.fi/v4/library?city.name=Oulu&with=schedules,services,primaryContactInfo
    """
    from services.providers.actions.importing import import_kirkanta

    _import(partial(import_kirkanta, where=where, start=_show_progress), dry_run)


@import_list.command(name="ptv")
@click.argument("where", nargs=-1, required=True)
@DRY_RUN
def import_service_locations(where: tuple[str, ...], dry_run: bool) -> None:
    """Import service locations from PTV (v11): JSON files or addresses of services and service locations.

    Services tell which locations give digital support (class P9.4), so give both.
    """
    from services.providers.actions.importing import import_ptv

    _import(partial(import_ptv, where=list(where), start=_show_progress), dry_run)


@import_list.command(name="postal")
@click.argument("where", type=FILE)
@DRY_RUN
def import_postal(where: Path, dry_run: bool) -> None:
    """Import Statistics Finland's postal-code key from CSV, so that a postal code finds its municipality."""
    from services.providers.actions.postal_codes import import_postal_codes

    print_places(_carried_out(partial(import_postal_codes, path=where), dry_run), dry_run=dry_run)


def _import(action: "Action[ImportReport]", dry_run: bool) -> None:
    print_import(_carried_out(action, dry_run), dry_run=dry_run)


def _carried_out(action: Action[Done], dry_run: bool) -> Done:
    from services.providers.sources.files import Unreadable

    try:
        return tried_in_registry(action, dry_run=dry_run)
    except Unreadable as error:
        raise click.ClickException(str(error)) from None


def _show_progress(total: int) -> Callable[[int], None]:
    """Show a bar for `total` records, and return what moves it on."""
    bar = click.progressbar(length=total, label="Importing", show_pos=True)
    bar.render_progress()

    def step(done: int) -> None:
        bar.update(done)
        if bar.finished:
            bar.render_finish()

    return step

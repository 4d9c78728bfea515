"""`merge-municipality`: the country's own map changes."""

import datetime as dt
from functools import partial

import click

from vuoro.options import DRY_RUN
from vuoro.registry import tried_in_registry
from vuoro.reports import print_places


@click.command()
@click.argument("code")
@click.option("--into", required=True, help="Code of the municipality of the same region that it is part of now.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Since when, such as 2027-01-01.")
@DRY_RUN
def merge_municipality(code: str, into: str, on: dt.datetime, dry_run: bool) -> None:
    """A municipality is part of another now: what is in it moves at once, and its old name is still understood."""
    from services.providers.actions.places import merge_municipality as merge
    from shared.clock import date_in_finland, now

    if on.date() > date_in_finland(now()):
        raise click.ClickException("That day is still to come. Run this on it.")
    report = tried_in_registry(partial(merge, code=code, into=into, on=on.date()), dry_run=dry_run)
    print_places(report, dry_run=dry_run)

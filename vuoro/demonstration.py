"""`remove-demonstration`: the region that the first `make run` filled is to go."""

import json

import click

from vuoro.homes import home_with_database

STAYED = "The rest is removed, but for its accounts and its API client: they stay until nothing else does."


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove_demonstration(yes: bool) -> None:
    """Remove the demonstration region: its organisations, places, offerings and tutors, and its accounts.

    What others have added stays, and so does an organisation into which they have put something, and a tutor who has
    visits to come, with the whole organisation: cancel those first, as that tutor or the demonstration's service point,
    and run this again. Its accounts and its API client go last, when nothing else stays.
    """
    from deploy.local.children import Failure
    from deploy.local.demonstration_found import find_demonstration
    from deploy.local.unseeding import remove_seeded

    home = home_with_database("providers")
    if not home.demo.exists():
        raise click.ClickException(f"There is no demonstration region here: {home.demo} is missing.")
    demo = json.loads(home.demo.read_text())
    found = find_demonstration(home.database_url("providers"))
    for line in found.lines():
        click.echo(line)
    click.echo(f"API client: {demo['client_id']}")
    if not yes:
        click.confirm("Remove all this?", abort=True)
    try:
        stayed = remove_seeded(home, found, demo["client_id"], demo["client_secret"])
    except Failure as failure:
        raise click.ClickException(str(failure)) from None
    for line in stayed:
        click.echo(f"stays: {line}", err=True)
    click.echo(STAYED if stayed else "The demonstration region is removed.")

"""`reconcile` and `rebuild`: find where what is kept differs from what it follows, and mend what can be mended."""

import asyncio
import os
import uuid
from functools import partial
from typing import TYPE_CHECKING

import click

from deploy.local.home import Home
from vuoro.homes import home_with_database
from vuoro.registry import in_registry

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from shared.schemas.providers import Disagreement

PAGE = 1000


class _Count:
    """How many have been done, by what tells of some at a time."""

    def __init__(self) -> None:
        self.done = 0

    def add(self, some: int) -> None:
        self.done += some


@click.command()
@click.option("--region", help="Region code, such as 17; by default all.")
def reconcile(region: str | None) -> None:
    """Tell where the registry and its sources (lists, Kirkanta, PTV) disagree, point by point."""
    found = in_registry(partial(_disagreements, region=region))
    for each in found:
        says = "; ".join(f"{who}: {value!r}" for who, value in each.says.items())
        click.echo(f"{each.name.best('fi')} ({each.service_point_id}) {each.field}: {says}")
    points = len({each.service_point_id for each in found})
    click.echo(f"{len(found)} disagreements at {points} service points")


async def _disagreements(session: "AsyncSession", region: str | None) -> "list[Disagreement]":
    from services.providers.actions.reconciling import report
    from shared.roles import Within

    items: list[Disagreement] = []
    after: uuid.UUID | None = None
    while True:
        page = await report(session, [Within(region)], after=after, limit=PAGE)
        items += page.items
        if page.next is None:
            return items
        after = uuid.UUID(page.next)


@click.command(name="rebuild")
@click.option("--copies", is_flag=True, help="First make booking's copies of the registry anew from its feed.")
def rebuild_free_times(copies: bool) -> None:
    """Work out all free times anew from the rules, and say whether those that were kept differed.

    Booking goes on meanwhile.
    """
    home = home_with_database("booking")
    # The copies first: free times follow from them.
    wrong = asyncio.run(_recopy(home)) if copies else 0
    wrong += asyncio.run(_rebuild(home))
    if wrong:
        raise click.ClickException("They are right now. Please report this: they should never differ.")


async def _recopy(home: Home) -> int:
    """Make booking's copies anew, print which rows differed, and return how many."""
    import httpx2

    from services.booking.actions.recopying import recopy
    from shared import db
    from shared.clients import ProvidersClient
    from shared.keys import SigningKey
    from shared.tls import tls_context

    events = _Count()
    key = SigningKey.from_file("booking", home.path / "keys" / "booking.pem")
    async with httpx2.AsyncClient(verify=tls_context()) as http, db.pool(home.database_url("booking"), size=1) as pool:
        wrong = await recopy(pool, ProvidersClient(http, home.gateway, key=key), events.add)
    rows = ", ".join(f"{number} of {table}" for table, number in wrong.items() if number) or "none"
    click.echo(f"The copies of the registry were made anew from {events.done} events; rows that differed: {rows}.")
    return sum(wrong.values())


async def _rebuild(home: Home) -> int:
    """Work out all free times anew, print of how many tutors they differed, and return that."""
    from services.booking.actions.rebuilding import rebuild
    from shared import db
    from shared.clock import now

    tutors = _Count()
    zone = os.environ.get("VUORO_ZONE", "Europe/Helsinki")
    async with db.pool(home.database_url("booking"), size=1) as pool:
        wrong = await rebuild(pool, now=now(), zone=zone, report_done=tutors.add)
    click.echo(
        f"The free times of {tutors.done} tutors were worked out anew; those of {wrong} differed from what was kept."
    )
    return wrong

"""`reconcile`: find where the registry differs from its sources."""

import uuid
from functools import partial
from typing import TYPE_CHECKING

import click

from vuoro.registry import in_registry

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from shared.schemas.providers import Disagreement

PAGE = 1000


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

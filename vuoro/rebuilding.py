"""`rebuild`: find where what booking keeps differs from what it follows, and mend it."""

import asyncio
import os
from typing import TYPE_CHECKING

import click

from deploy.local.home import Home
from vuoro.homes import address_of, home_with_database, signing_key

if TYPE_CHECKING:
    from shared.db import Pool


class _Count:
    """How many have been done, by what tells of some at a time."""

    def __init__(self) -> None:
        self.done = 0

    def add(self, some: int) -> None:
        self.done += some


@click.command(name="rebuild")
@click.option("--copies", is_flag=True, help="First make booking's copies of the registry anew from its feed.")
def rebuild_free_times(copies: bool) -> None:
    """Work out all free times anew from the rules, and say whether those that were kept differed.

    Booking goes on meanwhile. Where the services are and the key of booking are read from the environment, as the
    services do; by default they are those of `make run`.
    """
    asyncio.run(_rebuild_all(home_with_database("booking"), copies))


async def _rebuild_all(home: Home, copies: bool) -> None:
    from shared import db

    async with db.pool(home.database_url("booking"), size=1) as pool:
        # The copies first: free times follow from them.
        wrong = await _recopy(home, pool) if copies else 0
        wrong += await _rebuild(pool)
        left = await _print_without_tutor(pool)
    if wrong:
        click.echo("They are right now. After a restored database that is to be expected; otherwise please report it.")
    if left:
        click.echo("Give these visits to other tutors, or cancel them.", err=True)
    if wrong or left:
        raise SystemExit(1)


async def _recopy(home: Home, pool: "Pool") -> int:
    """Make booking's copies anew, print which rows differed, and return how many; raises ClickException."""
    import httpx2

    from services.booking.actions.recopying import recopy
    from shared.clients import ProvidersClient
    from shared.tls import tls_context

    address, key, events = address_of(home, "providers"), signing_key(home, "booking"), _Count()
    async with httpx2.AsyncClient(verify=tls_context()) as http:
        try:
            wrong = await recopy(pool, ProvidersClient(http, address, key=key), events.add)
        except Exception as error:
            raise _in_a_sentence(error, address) from error
    rows = ", ".join(f"{number} of {table}" for table, number in wrong.items() if number) or "none"
    click.echo(f"The copies of the registry were made anew from {events.done} events; rows that differed: {rows}.")
    return sum(wrong.values())


def _in_a_sentence(error: Exception, address: str) -> Exception:
    """Return what an operator can act on; what nobody foresaw as it is."""
    from shared.clients import Refused
    from shared.following import Stuck
    from shared.problems import Unavailable

    match error:
        case Unavailable():
            return click.ClickException(f"The feed of providers cannot be read at {address} (VUORO_PROVIDERS_URL).")
        case Refused():
            return click.ClickException(f"providers refused to show its feed: {error.problem.title}")
        case Stuck(event=event) if event:
            what = f"{event.type} {event.id} could not be applied ({error.reason})"
            return click.ClickException(f"{what}; nothing was changed.")
        case _:
            return error


async def _rebuild(pool: "Pool") -> int:
    """Work out all free times anew, print of how many tutors they differed and how many were of nobody, and return
    that."""
    from services.booking.actions.rebuilding import drop_gone, rebuild
    from shared.clock import now

    tutors = _Count()
    zone = os.environ.get("VUORO_ZONE", "Europe/Helsinki")
    wrong, gone = await rebuild(pool, now=now(), zone=zone, report_done=tutors.add), await drop_gone(pool)
    click.echo(
        f"The free times of {tutors.done} tutors were worked out anew; those of {wrong} differed from what was kept."
    )
    if gone:
        click.echo(f"Free times of what the registry does not have were dropped: {gone}.")
    return wrong + gone


async def _print_without_tutor(pool: "Pool") -> int:
    """Print the visits to come whose tutor the registry does not have, and return how many."""
    from services.booking.actions.rebuilding import without_tutor
    from shared.clock import now

    found = await without_tutor(pool, now())
    for visit in found:
        click.echo(f"no such tutor: visit {visit.id}, {visit.starts:%Y-%m-%d %H:%M %Z}, {visit.tutor_id}", err=True)
    return len(found)

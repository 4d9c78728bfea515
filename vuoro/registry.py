"""Actions of the registry, carried out from a terminal."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import click

from vuoro.homes import home_with_database

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

Done = TypeVar("Done")
Action = Callable[["AsyncSession"], Awaitable[Done]]


class _Undone(Exception):
    """A dry run has seen all that it wanted to see."""


def in_registry(action: Action[Done]) -> Done:
    """Carry out an action in one transaction of the registry's database, and return what it returns; raises
    ClickException, with the problem's own words, when the registry refuses."""
    from shared.problems import Problem

    url = home_with_database("providers").database_url("providers")
    try:
        return asyncio.run(_in_transaction(url, action))
    except Problem as problem:
        document = problem.document("en")
        raise click.ClickException(f"{document.title}. {document.detail}") from None


def tried_in_registry(action: Action[Done], *, dry_run: bool) -> Done:
    """Carry out an action and return what it reports; in a dry run all that it did is undone."""
    reports: list[Done] = []

    async def and_undo(session: "AsyncSession") -> None:
        reports.append(await action(session))
        if dry_run:
            raise _Undone  # which takes the whole transaction back

    with contextlib.suppress(_Undone):
        in_registry(and_undo)
    return reports[0]


async def _in_transaction(url: str, action: Action[Done]) -> Done:
    from shared import db

    engine, sessions = db.connect(url, pool_size=1)
    try:
        async with db.transaction(sessions) as session:
            return await action(session)
    finally:
        await engine.dispose()

"""Bringing the database of `providers` up to date."""

import asyncio
from pathlib import Path

from services.providers.actions.catalogue import load_code_lists
from shared import db, migrations

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(url: str) -> None:
    """The newest schema and, when the database is new, the code lists."""
    migrations.migrate(MIGRATIONS, url)
    asyncio.run(_load_code_lists(url))


async def _load_code_lists(url: str) -> None:
    engine, sessions = db.connect(url, pool_size=1)
    async with db.transaction(sessions) as session:
        await load_code_lists(session)
    await engine.dispose()

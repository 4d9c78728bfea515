"""Bringing the database of `booking` up to date."""

from pathlib import Path

from shared import migrations

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(url: str) -> None:
    """The newest schema."""
    migrations.migrate(MIGRATIONS, url)

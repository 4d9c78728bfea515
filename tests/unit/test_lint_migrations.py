"""The linter of migrations stops what would break the code that runs beside it."""

from pathlib import Path

import pytest

from tests import landed
from tests.lint_migrations import lint, migrations_since, sql_of

MIGRATION = 'from alembic import op\n\n\ndef upgrade() -> None:\n    op.execute("""{sql}""")\n'


def linted(folder: Path, sql: str) -> int:
    """The linter's exit code for a migration that runs this SQL."""
    migration = folder / "0099_example.py"
    migration.write_text(MIGRATION.format(sql=sql))
    rendered = folder / "example.sql"
    rendered.write_text(sql_of(migration))
    return lint([rendered])


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE tutor DROP COLUMN ended;",
        "ALTER TABLE tutor RENAME COLUMN ended TO over;",
        "ALTER TABLE tutor ADD COLUMN shoe_size text NOT NULL;",
        "ALTER TABLE tutor ALTER COLUMN ended TYPE text;",
        "ALTER TABLE tutor ADD CONSTRAINT one UNIQUE (name);",
        "DROP TABLE tutor;",
    ],
)
def test_what_breaks_or_blocks_older_code_is_stopped(tmp_path: Path, sql: str) -> None:
    assert linted(tmp_path, sql) != 0


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE shoe (id uuid PRIMARY KEY, size integer NOT NULL); CREATE INDEX shoe_size ON shoe (size);",
        "ALTER TABLE tutor ADD COLUMN shoe_size text NOT NULL DEFAULT '';",
        "-- squawk-ignore ban-drop-column\nALTER TABLE tutor DROP COLUMN ended;",
    ],
)
def test_what_expands_or_says_why_it_contracts_passes(tmp_path: Path, sql: str) -> None:
    assert linted(tmp_path, sql) == 0


def test_what_landed_is_left_alone() -> None:
    newer = {
        file.name[:4] for file in migrations_since({**landed.MIGRATIONS, "notify": "0001"}) if "notify" in file.parts
    }
    assert "0002" in newer
    assert "0001" not in newer
    assert not {file.name[:4] for file in migrations_since(landed.MIGRATIONS)} & {"0001", "0002"}


def test_of_a_service_that_has_not_landed_every_migration_is_read() -> None:
    landed_but_notify = {service: version for service, version in landed.MIGRATIONS.items() if service != "notify"}
    assert {file.name[:4] for file in migrations_since(landed_but_notify)} >= {"0001", "0002"}

"""`python -m tests.lint_migrations`: squawk over the SQL of every migration that has not landed yet.

What has landed has run on databases that hold people's appointments, and stays as it is.
"""

import importlib.util
import io
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations

from deploy.local.home import DATABASES
from tests import landed

ROOT = Path(__file__).parent.parent


def main() -> int:
    """Lint them; return squawk's exit code."""
    files = list(migrations_since(landed.MIGRATIONS))
    if not files:
        print("No migration is newer than the landed ones.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return lint([_write_sql(file, Path(folder)) for file in files])


def migrations_since(newest: dict[str, str]) -> Iterator[Path]:
    """Yield the migrations of each service that come after its `newest`."""
    for service in DATABASES:
        for file in sorted((ROOT / "services" / service / "migrations" / "versions").glob("[0-9]*.py")):
            if file.name[:4] > newest.get(service, "0000"):
                yield file


def lint(files: list[Path]) -> int:
    """Run squawk over files of SQL; return its exit code."""
    squawk = Path(sys.executable).with_name("squawk")
    command = [str(squawk), "--config", str(ROOT / ".squawk.toml"), *map(str, files)]
    return subprocess.run(command, check=False).returncode


def _write_sql(file: Path, folder: Path) -> Path:
    target = folder / f"{file.parts[-4]}-{file.stem}.sql"
    target.write_text(sql_of(file), encoding="utf-8")
    return target


def sql_of(file: Path) -> str:
    """Return the SQL that a migration would run, without a database. One that asks the database what to do raises
    AttributeError, and cannot be read before it has run either: it should be written as SQL."""
    spec = importlib.util.spec_from_file_location("migration", file)
    assert spec is not None
    assert spec.loader is not None
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    sql = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "literal_binds": True, "output_buffer": sql}
    )
    with Operations.context(context):
        migration.upgrade()
    return sql.getvalue().replace(";;", ";")  # Alembic adds one to what ends with one


if __name__ == "__main__":
    sys.exit(main())

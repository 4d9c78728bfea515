"""`vuoro import`, as an operator runs it: killed halfway, and with a file that is far too large."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from deploy.local.postgres import Postgres
from tests.conftest import ROOT, fresh_database
from tests.installation import eventually

pytestmark = pytest.mark.trials


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "vuoro", "import", *arguments]


@pytest.fixture
def registry(postgres: Postgres) -> str:
    """The address of a fresh registry."""
    return fresh_database(postgres, "providers")


def test_an_import_that_is_killed_leaves_nothing_half_written_and_the_next_one_completes_it(
    registry: str, data: Path
) -> None:
    libraries = data / "libraries"
    arguments = ["points", f"{libraries / 'libraries.csv'}", "--hours", f"{libraries / 'library_schedules.csv'}"]
    environment = {**os.environ, "VUORO_PROVIDERS_DATABASE_URL": registry}
    with psycopg.connect(registry, autocommit=True) as connection:
        running = subprocess.Popen(
            command(*arguments), cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        writing = "SELECT 1 FROM pg_locks WHERE relation = 'source_record'::regclass AND mode = 'RowExclusiveLock'"
        eventually(lambda: connection.execute(writing).fetchone(), 60)  # it has begun to write
        running.kill()
        assert running.wait(10) < 0
        assert running.stderr
        running.stderr.close()
        eventually(lambda: connection.execute(writing).fetchone() is None, 30)
        for table in ("service_point", "organisation", "source_record", "opening_day"):
            assert connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() == (0,)
        again = subprocess.run(
            command(*arguments), cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        assert "720 created" in again.stdout
        assert connection.execute("SELECT count(*) FROM service_point").fetchone() == (720,)


def test_a_file_of_200_mb_is_refused_at_once(registry: str, tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(200 * 2**20)
    environment = {**os.environ, "VUORO_PROVIDERS_DATABASE_URL": registry}
    for kind in ("points", "kirkanta", "ptv", "postal"):
        told = subprocess.run(
            command(kind, str(large)), cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert told.returncode == 1
        assert "larger than 64 MB" in told.stderr

"""A home whose databases are migrated and seeded, for the installations of a whole run of tests to begin from.

Making one (initdb, migrations, the demonstration region) is most of a first start. Under xdist one is made for
all workers; a single process, which rarely needs two installations, starts from nothing as a person does.
"""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

from tests.installation import Installation


class PreparedHome:
    """The home that lies in `shared`, a folder that all workers of a run see."""

    def __init__(self, shared: Path) -> None:
        self.path = shared / "prepared"

    def copy_to(self, home: Path) -> None:
        """Let `home` begin as a copy. The first caller makes the original, and the others wait for it."""
        if "PYTEST_XDIST_WORKER" not in os.environ:
            return
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self.path.exists():
                self._make()
        home.mkdir(exist_ok=True)
        # cp and not shutil: as root, PostgreSQL's files belong to an account of its own.
        subprocess.run(["cp", "-a", f"{self.path}/.", str(home)], check=True)

    def _make(self) -> None:
        making = Installation(self.path.with_suffix(".making"))
        making.start()
        assert making.stop() == 0
        shutil.rmtree(making.home / "log")  # a test that reads logs finds those of its own installation
        making.home.rename(self.path)  # whole, or not at all

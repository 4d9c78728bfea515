"""`make soak`: nine hundred processes are killed (`VUORO_KILLS`) while people book; then the oracle, the histories and
the races for an hour (`MINUTES`). Each round has a seed of its own.

A round that fails stops the soak; its seed is printed, and `VUORO_SEED=… make test` sees it again.
"""

import os
import random
import subprocess
import sys
import time

ROUND = {"VUORO_EXAMPLES": "5000", "VUORO_STEPS": "300", "VUORO_RACES": "5"}
KILLS = "910"
KILLED = ["tests/e2e/test_kills.py"]
TESTS = ["tests/unit/test_booking_free.py", "tests/integration/test_histories.py"]


def main() -> None:
    """The kills, then round after round."""
    _round("the kills", KILLED, {"VUORO_KILLS": os.environ.get("VUORO_KILLS", KILLS)})
    end = time.monotonic() + 60 * float(os.environ.get("MINUTES", "60"))
    number = 0
    while time.monotonic() < end:
        number += 1
        _round(f"round {number}", TESTS, ROUND)
    print(f"{number} rounds, nothing wrong")


def _round(name: str, tests: list[str], more: dict[str, str]) -> None:
    """Run tests with a seed of their own; end the soak when one fails."""
    seed = random.randrange(2**32)
    print(f"{name}, VUORO_SEED={seed}", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "--timeout=1800", f"--hypothesis-seed={seed}", *tests]
    if subprocess.run(command, env={**os.environ, **more, "VUORO_SEED": str(seed)}, check=False).returncode:
        sys.exit(f"{name} failed with VUORO_SEED={seed}")


if __name__ == "__main__":
    main()

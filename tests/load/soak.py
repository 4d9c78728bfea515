"""`make soak`: the oracle, the histories and the races for an hour (`MINUTES`), each round with a seed of its own.

A round that fails stops the soak; its seed is printed, and `VUORO_SEED=… make test` sees it again.
"""

import os
import random
import subprocess
import sys
import time

ROUND = {"VUORO_EXAMPLES": "5000", "VUORO_STEPS": "300", "VUORO_RACES": "5"}
TESTS = ["tests/unit/test_booking_free.py", "tests/integration/test_histories.py"]


def main() -> None:
    """Round after round."""
    end = time.monotonic() + 60 * float(os.environ.get("MINUTES", "60"))
    number = 0
    while time.monotonic() < end:
        number += 1
        seed = random.randrange(2**32)
        print(f"round {number}, VUORO_SEED={seed}", flush=True)
        command = [sys.executable, "-m", "pytest", "-q", "--timeout=1800", f"--hypothesis-seed={seed}", *TESTS]
        environment = {**os.environ, **ROUND, "VUORO_SEED": str(seed)}
        if subprocess.run(command, env=environment, check=False).returncode:
            sys.exit(f"round {number} failed with VUORO_SEED={seed}")
    print(f"{number} rounds, nothing wrong")


if __name__ == "__main__":
    main()

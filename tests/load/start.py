"""How long a start takes and what the idle stack holds: as forks of one process, and each by its module."""

import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from tests.installation import Installation
from tests.load.context import print_progress
from tests.load.memory import Memory, measure_memory

WARM_STARTS = 3


@dataclass(frozen=True)
class StartFigures:
    """Seconds from the command to "Vuoro is ready": on an empty home (with seeding), and on one that has run; and the
    memory some seconds after the last."""

    cold_seconds: float
    warm_seconds: float
    idle: Memory


class SeparateInstallation(Installation):
    """An installation whose services share nothing."""

    command = ("tests.load.separately",)


def measure_start(installation: Installation, smoke: bool) -> StartFigures:
    """Start cold, then warm some times; leaves the installation running."""
    kind = "each by its module" if isinstance(installation, SeparateInstallation) else "as forks"
    print_progress(f"starting, {kind}")
    cold = _seconds(installation)
    warm = []
    for _ in range(1 if smoke else WARM_STARTS):
        installation.stop()
        warm.append(_seconds(installation))
    time.sleep(3 if smoke else 15)  # whatever a start sets going comes to rest
    return StartFigures(cold, round(statistics.median(warm), 2), measure_memory(installation))


def measure_start_without_forks(folder: Path, smoke: bool) -> StartFigures:
    """The same of an installation that is stopped again."""
    separate = SeparateInstallation(folder / "separate")
    try:
        return measure_start(separate, smoke)
    finally:
        separate.stop()


def _seconds(installation: Installation) -> float:
    began = time.monotonic()
    installation.start()
    return round(time.monotonic() - began, 2)

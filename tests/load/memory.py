"""How much memory an installation holds."""

from dataclasses import dataclass

import psutil

from tests.installation import Installation

OURS = ("services.", "deploy.local.mailbox", "vuoro run", "tests.load.separately")


@dataclass(frozen=True)
class Memory:
    """Megabytes (PSS: shared pages divided among those who share them)."""

    total_mb: float
    processes: dict[str, float]


def measure_memory(installation: Installation) -> Memory:
    """Add up the processes of an installation, its supervisor, PostgreSQL and Envoy among them."""
    assert installation.process is not None
    root = psutil.Process(installation.process.pid)
    found: dict[str, float] = {}
    for process in [root, *root.children(recursive=True)]:
        name = name_of(process)
        found[name] = found.get(name, 0.0) + process.memory_full_info().pss / 2**20
    return Memory(round(sum(found.values()), 1), {name: round(size, 1) for name, size in found.items()})


def name_of(process: psutil.Process) -> str:
    """Return which part of an installation a process is."""
    line = " ".join(process.cmdline())
    for part in OURS:
        if part in line:
            return " ".join(line[line.index(part) :].split()[:2]).removeprefix("services.")
    # PostgreSQL's own processes say who they are in place of a command line.
    return "envoy" if "envoy" in line else "postgres" if "postgres" in line else process.name()

"""Whether a machine was left alone while it was measured."""

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

MOST_BY_OTHERS = 5.0
"""Per cent of all cores; more than that is a disturbance."""
SECONDS_BEFORE = 0.5
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Machine:
    """Which machine it was."""

    cores: int
    memory_gb: int
    processor: str
    python: str
    kernel: str


@dataclass(frozen=True)
class Quiet:
    """How busy it was before and during a section."""

    load_before: float
    others_before_percent: float
    others_percent: float
    """CPU time of processes that are not the bench's, and what the hypervisor gave to other machines."""
    ours_percent: float

    @property
    def disturbed(self) -> bool:
        return max(self.others_before_percent, self.others_percent) > MOST_BY_OTHERS


@dataclass(frozen=True)
class _Spent:
    """Seconds of CPU time since the machine started."""

    at: float
    everybody: float
    ours: float

    def until(self, later: "_Spent") -> tuple[float, float]:
        """Return the per cent of all cores that others and ours took."""
        whole = (later.at - self.at) * (os.cpu_count() or 1) / 100
        ours = later.ours - self.ours
        return max(0.0, (later.everybody - self.everybody - ours) / whole), ours / whole


def this_machine() -> Machine:
    """Describe the machine."""
    return Machine(
        cores=os.cpu_count() or 1,
        memory_gb=round(psutil.virtual_memory().total / 2**30),
        processor=_processor(),
        python=platform.python_version(),
        kernel=platform.release(),
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


@dataclass
class Watch:
    """Watches over the sections of a run."""

    sections: dict[str, Quiet] = field(default_factory=dict)

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """Note how busy the machine is before and while something is measured."""
        load, earlier = os.getloadavg()[0], _spent()
        time.sleep(SECONDS_BEFORE)
        began = _spent()
        others_before, _ours = earlier.until(began)
        yield
        others, ours = began.until(_spent())
        self.sections[name] = Quiet(round(load, 2), round(others_before, 1), round(others, 1), round(ours, 1))

    @property
    def disturbed(self) -> list[str]:
        """The sections that were."""
        return [name for name, quiet in self.sections.items() if quiet.disturbed]


def _spent() -> _Spent:
    # proc(5): user, nice, system, idle, iowait, irq, softirq, steal. Interrupts are nobody's, and much of them ours.
    user, nice, system, _idle, _iowait, _irq, _softirq, steal, *_guests = map(
        int, Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    )
    return _Spent(time.monotonic(), (user + nice + system + steal) / TICKS, _ours())


def _ours() -> float:
    """The bench, what it started, and what those that have ended had used."""
    bench = psutil.Process()
    return sum(map(_seconds_of, [bench, *bench.children(recursive=True)]))


def _seconds_of(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)

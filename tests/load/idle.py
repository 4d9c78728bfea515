"""What an installation uses while nobody does anything, and how soon somebody who waits for an event has it."""

import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psutil

from tests.load.context import Context, print_progress
from tests.load.memory import name_of

EVENTS = 20
FEED = "/api/booking/v1/events"


@dataclass(frozen=True)
class IdleFigures:
    """Per cent of one core, of all processes together and of each kind; milliseconds from the answer to a change until
    a reader who waits has its event (below zero: before that answer)."""

    percent: float
    processes: dict[str, float]
    event_ms: float


def measure_idle(bench: Context) -> IdleFigures:
    """Look at the CPU time of every process of the installation, twice; then let a reader wait for events."""
    print_progress("doing nothing")
    seconds = 5 if bench.smoke else 60
    before = _cpu_seconds(bench)
    time.sleep(seconds)
    after = _cpu_seconds(bench)
    used = {name: 100 * (after[name] - before.get(name, 0.0)) / seconds for name in after}
    named = {name: round(percent, 2) for name, percent in sorted(used.items()) if percent >= 0.01}
    return IdleFigures(round(sum(used.values()), 2), named, _event_ms(bench))


def _cpu_seconds(bench: Context) -> dict[str, float]:
    assert bench.installation.process is not None
    root = psutil.Process(bench.installation.process.pid)
    found: dict[str, float] = {}
    for process in [root, *root.children(recursive=True)]:
        times, name = process.cpu_times(), name_of(process)
        found[name] = found.get(name, 0.0) + times.user + times.system
    return found


def _event_ms(bench: Context) -> float:
    """Add hours of a tutor while a reader of the feed waits, and take them away again, some times; the median."""
    print_progress("waiting for events")
    headers = bench.installation.as_client()
    tutor = bench.installation.slots()[0]["tutor_id"]
    hours = {"tutor_id": tutor, "weekday": 6, "from": "10:00", "to": "12:00", "channels": ["phone"]}
    http, last, took = bench.installation.http, _read_to_the_end(bench, headers), []
    with ThreadPoolExecutor(1) as reader:
        for _ in range(EVENTS):
            waiting = reader.submit(_wait, bench, headers, last)
            time.sleep(0.2)  # until the reader waits
            made = http.post("/api/booking/v1/availability", json=hours, headers=headers)
            changed = time.perf_counter()
            read = waiting.result()
            took.append((read - changed) * 1000)
            http.delete(f"/api/booking/v1/availability/{made.json()['id']}", headers=headers).raise_for_status()
            last = _read_to_the_end(bench, headers, last)
    return round(statistics.median(took), 1)


def _read_to_the_end(bench: Context, headers: dict[str, str], last: str | None = None) -> str:
    while events := _get(bench, headers, {"lastEventId": last} if last else {}):
        last = events[-1]["id"]
    assert last is not None
    return last


def _wait(bench: Context, headers: dict[str, str], last: str) -> float:
    assert _get(bench, headers, {"lastEventId": last, "timeout": "20"})
    return time.perf_counter()


def _get(bench: Context, headers: dict[str, str], query: dict[str, str]) -> Sequence[dict[str, Any]]:
    answer = bench.installation.http.get(FEED, params=query, headers=headers)
    answer.raise_for_status()
    found: list[dict[str, Any]] = answer.json()
    return found

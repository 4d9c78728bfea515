"""`make bench`: how fast search, pages and booking are at national size, beside their floors; how fast a start is and
how much memory the stack holds, beside the same without forks. Prints a table, writes `bench.json`.

Everything is measured in one run, on one machine, through the gateway of a whole installation: its ratios mean
something, its milliseconds only here. `SIZE=smoke` is a small one that shows that the bench itself works.
"""

import os
import sys
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg

from tests.installation import Installation
from tests.load import national, registry
from tests.load.bookings import BookingFigures, measure_bookings
from tests.load.context import SEED, Context, print_progress
from tests.load.hours import measure_change_of_hours
from tests.load.idle import IdleFigures, measure_idle
from tests.load.memory import measure_memory
from tests.load.pages import measure_pages
from tests.load.quiet import Watch, this_machine
from tests.load.report import Report, print_report
from tests.load.rush import measure_rush
from tests.load.searching import measure_search, search_p50
from tests.load.start import StartFigures, measure_start, measure_start_without_forks

SIZES = {
    "smoke": [national.Size(40), national.Size(200, 40)],
    "national": [national.Size(1_000), national.Size(10_000, 1_000)],
    "tenfold": [national.Size(1_000), national.Size(10_000, 1_000), national.Size(100_000, 10_000)],
}
TABLES = ("tutor", "service_point", "municipality", "appointment", "free_span")
Step = tuple[national.Size, float, BookingFigures]


def main() -> None:
    """Run it all."""
    size = os.environ.get("SIZE", "national")
    if size not in SIZES:
        sys.exit(f"SIZE is {size!r}; one of {', '.join(SIZES)} is needed.")
    with tempfile.TemporaryDirectory() as folder:
        report = run_all(Path(folder), size)
    report.write(Path("bench.json"))
    print_report(report)


def run_all(folder: Path, size: str) -> Report:
    """Measure the starts, then everything else on the installation that they leave."""
    watch, smoke = Watch(), size == "smoke"
    with watch.section("start without forks"):
        without_forks = measure_start_without_forks(folder, smoke)
    installation = Installation(folder / "home")
    try:
        with watch.section("start"):
            start = measure_start(installation, smoke)
        bench = Context(installation, smoke)
        with watch.section("idle"):
            idle = measure_idle(bench)
        return measure_load(bench, size, watch, start, without_forks, idle)
    finally:
        installation.stop()


def measure_load(
    bench: Context, size: str, watch: Watch, start: StartFigures, without_forks: StartFigures, idle: IdleFigures
) -> Report:
    """Grow to each size and measure; the registry last, since it makes the copies anew, without what was filled in."""
    with watch.section("fill and book"):
        rate, steps = grow(bench, SIZES[size])
    with watch.section("search"):
        search = measure_search(bench)
    with watch.section("pages"):
        pages = measure_pages(bench)
    with watch.section("hours"):
        change_of_hours = measure_change_of_hours(bench)
    with watch.section("rush"):
        rush = measure_rush(bench)
    memory_after, rows = measure_memory(bench.installation), count_rows(bench.booking_url)
    with watch.section("registry"):
        print_progress("the registry")
        tutors = min(10_000, bench.many * 5)
        registered = registry.measure(bench.home, bench.port, tutors, bench.many // 2, SEED)
    return Report(
        size=size,
        machine=this_machine(),
        start=start,
        start_without_forks=without_forks,
        idle=idle,
        rebuild_tutors_per_second=rate,
        growth=growth(steps),
        search=search,
        pages=pages,
        book=steps[-1][2],
        change_of_hours_ms=change_of_hours,
        rush=rush,
        memory_after=memory_after,
        rows=rows,
        registry=registered,
        quiet=watch.sections,
    )


def grow(bench: Context, sizes: Sequence[national.Size]) -> tuple[float, list[Step]]:
    """Fill to each size, and search and book there. Return the tutors rebuilt in a second of the last, and the
    steps."""
    rate, steps = 0.0, []
    for size in sizes:
        print_progress(f"filling {size.tutors} tutors (seed {SEED})")
        rate = round(national.fill(bench.booking_url, size, SEED, bench.now), 1)
        steps.append((size, search_p50(bench), measure_bookings(bench)))
    return rate, steps


def growth(steps: Sequence[Step]) -> dict[str, Any]:
    """How many times longer a search and a booking take from one size to the next, at most."""
    pairs = list(pairwise(steps))
    return {
        "search": round(max(later[1] / earlier[1] for earlier, later in pairs), 2),
        "book": round(max(_booking(later) / _booking(earlier) for earlier, later in pairs), 2),
        "steps": [
            {"tutors": size.tutors, "search_p50_ms": round(search, 3), "book_p50_ms": book.least_disturbed_p50_ms}
            for size, search, book in steps
        ],
    }


def _booking(step: Step) -> float:
    return step[2].least_disturbed_p50_ms


def count_rows(url: str) -> dict[str, int]:
    """How much there is in booking's database."""
    with psycopg.connect(url) as connection:
        found = {}
        for table in TABLES:
            [found[table]] = connection.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)
        return found


if __name__ == "__main__":
    main()

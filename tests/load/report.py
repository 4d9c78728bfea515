"""What a run of the bench found, and whether it is good."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.load.bookings import BookingFigures
from tests.load.idle import IdleFigures
from tests.load.memory import Memory
from tests.load.pages import PageFigures
from tests.load.quiet import MOST_BY_OTHERS, Machine, Quiet
from tests.load.rush import RushFigures
from tests.load.searching import SearchFigures
from tests.load.start import StartFigures


@dataclass(frozen=True)
class Report:
    """All figures of a run."""

    size: str
    machine: Machine
    start: StartFigures
    start_without_forks: StartFigures
    idle: IdleFigures
    rebuild_tutors_per_second: float
    growth: dict[str, Any]
    search: SearchFigures
    pages: PageFigures
    book: BookingFigures
    change_of_hours_ms: float
    rush: RushFigures
    memory_after: Memory
    rows: dict[str, int]
    registry: dict[str, Any]
    quiet: dict[str, Quiet] = field(default_factory=dict)

    @property
    def disturbed(self) -> list[str]:
        """The sections that others disturbed."""
        return [name for name, quiet in self.quiet.items() if quiet.disturbed]

    def write(self, path: Path) -> None:
        """Write it all as JSON, whether it was disturbed first."""
        sections = self.disturbed
        found = {"disturbed": bool(sections), "disturbed_sections": sections, **asdict(self)}
        path.write_text(json.dumps(found, indent=2) + "\n")


@dataclass(frozen=True)
class Goal:
    """A figure of a section, and the bound that makes it good."""

    what: str
    section: str
    find: Callable[[Report], float]
    most: float | None = None
    least: float | None = None
    without_forks: Callable[[Report], float] | None = None

    def bound(self) -> str:
        """The bound in words."""
        return f"at most {self.most:g}" if self.most is not None else f"at least {self.least:g}" if self.least else ""

    def verdict(self, report: Report) -> str:
        """Good or bad; a figure of a disturbed section is never called good."""
        if not self.bound():
            return ""
        if self.section in report.disturbed:
            return "disturbed" if self._is_met(report) else "bad, disturbed"
        return "good" if self._is_met(report) else "bad"

    def _is_met(self, report: Report) -> bool:
        found = self.find(report)
        return found <= self.most if self.most is not None else found >= (self.least or 0)


def _of_start(what: str, find: Callable[[StartFigures], float], most: float) -> Goal:
    """A figure that is measured with and without forks."""
    with_forks, without = lambda report: find(report.start), lambda report: find(report.start_without_forks)
    return Goal(what, "start", with_forks, most=most, without_forks=without)


GOALS = [
    Goal("search, median over its floor", "search", lambda r: r.search.p50_ratio, most=1.6),
    Goal("search, 99th percentile at a steady rate, ms", "search", lambda r: r.search.p99_ms, most=25),
    Goal("searches a second, 16 clients", "search", lambda r: r.search.at_16_clients_per_second),
    Goal("the slowest citizen's page, median, ms", "pages", lambda r: r.pages.slowest_ms, most=50),
    Goal("pages: errors", "pages", lambda r: r.pages.errors, most=0),
    Goal("bookings a second, over their floor", "fill and book", lambda r: r.book.throughput_ratio, least=0.5),
    Goal("bookings a second", "fill and book", lambda r: r.book.per_second),
    Goal("rush: errors", "rush", lambda r: r.rush.errors, most=0),
    Goal("rush, 99th percentile, ms", "rush", lambda r: r.rush.p99_ms, most=4000),
    Goal("growth of search, from step to step", "fill and book", lambda r: r.growth["search"], most=1.3),
    Goal("growth of booking, from step to step", "fill and book", lambda r: r.growth["book"], most=1.3),
    Goal("rebuild, tutors a second", "fill and book", lambda r: r.rebuild_tutors_per_second),
    Goal("change of one tutor's weekly hours, ms", "hours", lambda r: r.change_of_hours_ms, most=40),
    Goal("search of points, 95th percentile, ms", "registry", lambda r: r.registry["search_p95_ms"], most=20),
    Goal("copies of all tutors from the feed, s", "registry", lambda r: r.registry["copies_seconds"], most=60),
    _of_start("cold start, s", lambda start: start.cold_seconds, most=8),
    _of_start("warm start, s", lambda start: start.warm_seconds, most=3),
    _of_start("memory, idle, MB", lambda start: start.idle.total_mb, most=400),
    Goal("idle, per cent of a core", "idle", lambda r: r.idle.percent, most=2),
    Goal("an event, until who waits has read it, median, ms", "idle", lambda r: r.idle.event_ms, most=100),
    Goal("memory after all this, MB", "rush", lambda r: r.memory_after.total_mb),
]


def print_report(report: Report) -> None:
    """Print the table; first of all, whether it may be believed."""
    for line in [*_trust(report), "", *_table(report), "", *_pages(report), "", *_memory(report), "", *_quiet(report)]:
        print(line)
    print(f"\nrows: {report.rows}\nThe whole is in bench.json.")


def _trust(report: Report) -> list[str]:
    lines = [""]
    if report.disturbed:
        lines.append(f"DISTURBED: others worked in {', '.join(report.disturbed)}. This run is not a good one.")
    if report.size == "smoke":
        lines.append("Of the size smoke: it shows that the bench works, and its figures mean nothing.")
    machine = report.machine
    lines.append(f"{machine.processor}, {machine.cores} cores, {machine.memory_gb} GB, Python {machine.python}")
    return lines


def _table(report: Report) -> list[str]:
    lines = [f"{'what':46} {'measured':>9} {'no forks':>9}  {'goal':14} verdict"]
    for goal in GOALS:
        without = f"{goal.without_forks(report):g}" if goal.without_forks else ""
        measured = f"{goal.find(report):g}"
        lines.append(f"{goal.what:46} {measured:>9} {without:>9}  {goal.bound():14} {goal.verdict(report)}".rstrip())
    rush = report.rush
    lines.append(f"rush: {rush.booked} booked, {rush.refused} refused, {rush.errors} errors")
    return lines


def _pages(report: Report) -> list[str]:
    lines = [f"{'pages of citizens, median':46} {'ms':>9} {'x floor':>9}"]
    for name, found in report.pages.p50_ms.items():
        lines.append(f"  {name:44} {found:>9} {report.pages.p50_ratio[name]:>9}")
    return [*lines, f"  {'the floor: a route of web that does nothing':44} {report.pages.floor_ms:>9}"]


def _memory(report: Report) -> list[str]:
    forked, separate = report.start.idle.processes, report.start_without_forks.idle.processes
    lines = [f"{'memory of the idle stack, MB':46} {'measured':>9} {'no forks':>9}"]
    for name in sorted({**forked, **separate}):
        lines.append(f"  {name:44} {forked.get(name, ''):>9} {separate.get(name, ''):>9}")
    return lines


def _quiet(report: Report) -> list[str]:
    lines = [f"{'others, % of all cores':30} {'load':>7} {'before':>7} {'during':>7} {'ours':>7}"]
    for name, quiet in report.quiet.items():
        mark = f"  disturbed (over {MOST_BY_OTHERS:g})" if quiet.disturbed else ""
        lines.append(
            f"  {name:28} {quiet.load_before:>7} {quiet.others_before_percent:>7} {quiet.others_percent:>7}"
            f" {quiet.ours_percent:>7}{mark}"
        )
    return lines

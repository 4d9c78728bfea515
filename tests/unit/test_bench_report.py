"""The bench's own judgement: nothing that was disturbed is called good."""

from types import SimpleNamespace
from typing import cast

import pytest

from tests.load.quiet import MOST_BY_OTHERS, Quiet, Watch
from tests.load.report import Goal, Report


def report(milliseconds: float, *disturbed: str) -> Report:
    return cast(Report, SimpleNamespace(ms=milliseconds, disturbed=list(disturbed)))


def goal(most: float | None = None, least: float | None = None) -> Goal:
    return Goal("a search, ms", "search", lambda found: float(vars(found)["ms"]), most=most, least=least)


@pytest.mark.parametrize(
    ("milliseconds", "disturbed", "verdict"),
    [
        (3, [], "good"),
        (5, [], "bad"),
        (3, ["rush"], "good"),
        (3, ["search"], "disturbed"),
        (5, ["search"], "bad, disturbed"),
    ],
)
def test_a_figure_that_was_disturbed_is_not_good(milliseconds: float, disturbed: list[str], verdict: str) -> None:
    assert goal(most=4).verdict(report(milliseconds, *disturbed)) == verdict


def test_bounds_from_below_and_none() -> None:
    assert [goal(least=4).verdict(report(ms)) for ms in (3, 4)] == ["bad", "good"]
    assert goal(most=0).verdict(report(0)) == "good"
    assert goal().verdict(report(3)) == ""


def test_others_before_a_section_disturb_it_too() -> None:
    calm, busy = MOST_BY_OTHERS - 1, MOST_BY_OTHERS + 1
    assert not Quiet(0.1, calm, calm, 90).disturbed
    assert Quiet(0.1, busy, calm, 90).disturbed
    assert Quiet(0.1, calm, busy, 90).disturbed


def test_a_watch_tells_our_work_from_that_of_others() -> None:
    watch = Watch()
    with watch.section("work"):
        sum(n * n for n in range(3_000_000))
    quiet = watch.sections["work"]
    assert quiet.ours_percent > 1
    assert 0 <= quiet.others_percent <= 100

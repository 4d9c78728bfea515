"""No checker finds anything on any page in any of its states and languages."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.checkers import bring, found_at_width, found_by_others, found_by_validator
from tests.browser.gallery import WALKS
from tests.browser.looks import AT_THE_ERROR, found_in_other_looks, found_on_a_desk
from tests.browser.made import Made
from tests.browser.walk import Walk
from tests.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.pages, pytest.mark.timeout(600)]  # each walk is of many pages
INVALID = 422


@dataclass
class Seen:
    """What a walk through all states has found."""

    findings: list[str] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    strangers: list[str] = field(default_factory=list)


def alone(number: int) -> Any:
    """A walk that one worker goes to its end."""
    language, states = WALKS[number]
    group = pytest.mark.xdist_group(f"walk-{number}")
    return pytest.param(WALKS[number], id=f"{language}-{states[0].name}", marks=group)


@pytest.fixture(scope="module", params=[alone(number) for number in range(len(WALKS))])
def seen(request: pytest.FixtureRequest, browser: Browser, installation: Installation, made: Made) -> Seen:
    walk, seen = Walk(browser, installation, made, *request.param), Seen()
    for shown in walk:
        page, name = shown.page, shown.state.name
        if shown.state.status == INVALID and not page.evaluate(AT_THE_ERROR):
            seen.findings.append(f"{name}: the focus is not at the error")
        bring(page)
        found = found_at_width(page)
        if walk.language == "fi":  # the others differ in their words alone
            found += found_in_other_looks(page) + found_on_a_desk(page)
        found += found_by_others(page)
        seen.findings += [f"{name}: {each}" for each in found]
        seen.sources[name] = shown.source
    seen.strangers = walk.strangers
    return seen


def test_no_checker_of_accessibility_finds_anything(seen: Seen) -> None:
    assert not seen.findings, "\n".join(seen.findings)


def test_all_of_it_is_html(seen: Seen, tmp_path: Path) -> None:
    findings = found_by_validator(seen.sources, tmp_path)
    assert not findings, "\n".join(findings)


def test_no_request_leaves_the_machine(seen: Seen) -> None:
    assert not seen.strangers

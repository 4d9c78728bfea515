"""Checkers of pages that others wrote: axe, IBM's accessibility-checker, pa11y's HTML_CodeSniffer and the Nu validator.

What a checker cannot decide by itself (IBM's "potential" and "manual", HTML_CodeSniffer's notices) is no finding.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.contract.javascript import installed

NPM = Path(__file__).parents[1] / "npm" / "node_modules"
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
IBM = NPM / "accessibility-checker-engine" / "ace.js"
SNIFFER = NPM / "html_codesniffer" / "build" / "HTMLCS.js"
NU = NPM / "vnu-jar" / "build" / "dist" / "vnu.jar"
JAVA = ("java", "-Xss4m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar")  # it runs for a second
NO_JAVA = "there is no java (apt-get install default-jre-headless)"
SWITCHED_OFF = {
    "ibm aria_form_label_unique": "a form without a name is no landmark (HTML-AAM), and needs none to be told apart by",
    "ibm aria_landmark_name_unique": "likewise; of real landmarks axe asks the same (landmark-unique)",
    "sniffer WCAG2AA.Principle4.Guideline4_1.4_1_2.H91.Select.Value": "a select that names none has chosen its first",
    "sniffer WCAG2AA.Principle1.Guideline1_4.1_4_3.G18.Abs": "what is out of sight is heard alone",
    "sniffer WCAG2AA.Principle1.Guideline1_3.1_3_1.H48": "a guess that links beside each other are a menu",
    "sniffer WCAG2AA.Principle1.Guideline1_3.1_3_1.H85.2": "a guess that options form groups",
    "sniffer WCAG2AA.Principle1.Guideline1_3.1_3_5.H98": "it does not know one-time-code; the Nu validator knows all",
}
"""Rules that are not asked, each with the reason."""

RUN_AXE = """async () => {
  const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await axe.run({ runOnly, resultTypes: ["violations"], preload: false });
  return violations.flatMap((rule) => rule.nodes.map((node) => ["axe", rule.id, node.failureSummary, node.html]));
}"""
RUN_IBM = """async () => {
  const { results } = await new ace.Checker().check(document, ["WCAG_2_2"]);
  return results
    .filter((each) => each.value[1] === "FAIL")
    .map((each) => ["ibm", each.ruleId, each.message, each.snippet]);
}"""
# An input without a type is one of text, at which HTML_CodeSniffer 2.5.1 falls over.
RUN_SNIFFER = """() => new Promise((done) => {
  document.querySelectorAll("input:not([type])").forEach((each) => each.setAttribute("type", "text"));
  HTMLCS.process("WCAG2AA", document, () => done(HTMLCS.getMessages()
    .filter((each) => each.type !== HTMLCS.NOTICE)
    .map((each) => ["sniffer", each.code, each.msg, each.element.outerHTML || ""])));
})"""
OVERFLOWS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def bring(page: Page) -> None:
    """Bring the checkers into a page, and open what is folded: IBM's takes the labels in it for missing."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    page.evaluate(";".join(installed(script).read_text() for script in (AXE, IBM, SNIFFER)) + ";0")


def found_at_width(page: Page) -> list[str]:
    """What axe finds at the width that the page has, and whether it must be scrolled sideways."""
    wide = [["width", "overflow", "the page is wider than its window", ""]] if page.evaluate(OVERFLOWS) else []
    return _findings(page.evaluate(RUN_AXE) + wide)


def found_by_others(page: Page) -> list[str]:
    """What IBM's and pa11y's checkers find, whatever the width; pa11y's changes the page."""
    return _findings(page.evaluate(RUN_IBM) + page.evaluate(RUN_SNIFFER))


def _findings(rows: list[list[str]]) -> list[str]:
    return [
        f"{by} {rule}: {what} {where[:200]}" for by, rule, what, where in rows if f"{by} {rule}" not in SWITCHED_OFF
    ]


def found_by_validator(sources: Mapping[str, str], folder: Path) -> list[str]:
    """What the Nu validator finds in the HTML of pages; all at once, since it starts slowly."""
    if shutil.which("java") is None:
        if os.environ.get("CI"):
            pytest.fail(NO_JAVA)
        pytest.skip(NO_JAVA)
    for name, source in sources.items():
        (folder / f"{name}.html").write_text(source)
    command = [*JAVA, str(installed(NU)), "--format", "json", "--stdout", "--exit-zero-always", str(folder)]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    return [
        f"{Path(each['url']).stem}: {each['type']}: {each['message']} {each.get('extract', '')}"
        for each in json.loads(told.stdout)["messages"]
    ]

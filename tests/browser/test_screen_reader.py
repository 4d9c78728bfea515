"""A screen reader hears the headings, the fields by their names, the links and buttons of the way to a time, in order,
and of what is wrong both that and where."""

from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.gallery import CITIZENS
from tests.browser.made import Made
from tests.browser.walk import State, Walk
from tests.contract.javascript import installed
from tests.installation import Installation

pytestmark = pytest.mark.browser
READER = Path(__file__).parents[1] / "npm/node_modules/@guidepup/virtual-screen-reader/lib/esm/index.browser.js"
THE_WAY = ("start", "times", "form", "booked", "slip", "move")
THE_ERRORS = ("form-error", "lost-error", "waitlist-error", "own-details-error")
READ = """async (code) => {
  const { virtual } = await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  await virtual.start({ container: document.body });
  while ((await virtual.lastSpokenPhrase()) !== "end of document") await virtual.next();
  return virtual.spokenPhraseLog();
}"""
# What is to be heard of what is seen: the role and the name of each, in the order of the page.
SEEN = """() => {
  const roles = { radio: "radio", checkbox: "checkbox", date: "" };
  const said = (each) => {
    if (/^H\\d$/.test(each.tagName)) return ["heading", each.innerText];
    if (each.tagName === "LEGEND") return ["group", each.innerText];
    if (each.tagName === "DT") return ["", each.innerText];
    if (each.tagName === "A") return ["link", each.ariaLabel || each.innerText];
    if (each.tagName === "BUTTON") return ["button", each.ariaLabel || each.innerText];
    if (each.tagName === "SELECT") return ["combobox", each.labels[0].innerText];
    return [roles[each.type] ?? "textbox", each.labels[0].innerText];
  };
  return [...document.querySelectorAll("main :is(h1, h2, h3, legend, dt, a[href], input, select, textarea, button)")]
    .filter((each) => each.checkVisibility() && each.type !== "hidden" && each.ariaHidden !== "true")
    .map(said);
}"""

WRONG = """() => [...document.querySelectorAll("[aria-invalid=true]")].map((each) => {
  const error = document.getElementById(each.getAttribute("aria-describedby").split(" ").at(-1));
  return [each.labels[0].innerText, error.innerText];
})"""


@pytest.fixture(scope="module")
def walk(browser: Browser, installation: Installation, made: Made) -> Iterator[Walk]:
    walk = Walk(browser, installation, made, "fi", CITIZENS)
    yield walk
    walk.close()


def of(names: Collection[str]) -> pytest.MarkDecorator:
    states = [state for state in CITIZENS if state.name in names]
    return pytest.mark.parametrize("state", states, ids=lambda state: state.name)


@of(THE_WAY)
def test_what_is_seen_is_heard_in_the_same_order(walk: Walk, state: State) -> None:
    page = walk.to(state).page
    seen: list[list[str]] = page.evaluate(SEEN)
    heard = iter(read_aloud(page))
    assert {role for role, _name in seen} >= {"heading", "link"}
    for role, name in seen:
        assert bare(name), f"a {role} without a name"
        wanted = bare(f"{role}, {name}" if role else name)
        assert any(phrase.startswith(wanted) for phrase in heard), f"{role} {name} is not heard in its place"


@of(THE_ERRORS)
def test_what_is_wrong_is_heard_at_once_and_at_its_field(walk: Walk, state: State) -> None:
    page = walk.to(state).page
    wrong: list[list[str]] = page.evaluate(WRONG)
    heard = read_aloud(page)
    assert wrong
    assert "alert" in heard or page.evaluate("document.activeElement.ariaInvalid") == "true"
    for name, error in wrong:
        said = [phrase for phrase in heard if phrase.startswith(bare(f"textbox, {name}"))]
        assert [phrase for phrase in said if bare(error) in phrase and "invalid" in phrase.split(",")], (name, said)


def read_aloud(page: Page) -> list[str]:
    """All that is heard of a page, from its beginning."""
    return [bare(phrase) for phrase in page.evaluate(READ, installed(READER).read_text())]


def bare(text: str) -> str:
    """A text without its spaces, of which reading makes others, and as the style sheet found it."""
    return "".join(text.split()).casefold()

"""A screen reader hears the headings, the fields by their names and the buttons of the way to a time, in order."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.gallery import CITIZENS
from tests.browser.made import Made
from tests.browser.walk import State, Walk
from tests.contract.javascript import installed
from tests.installation import Installation

pytestmark = pytest.mark.browser
READER = Path(__file__).parents[1] / "npm/node_modules/@guidepup/virtual-screen-reader/lib/esm/index.browser.js"
THE_WAY = ("start", "times", "form")
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
    if (each.tagName === "BUTTON") return ["button", each.ariaLabel || each.innerText];
    if (each.tagName === "SELECT") return ["combobox", each.labels[0].innerText];
    return [roles[each.type] ?? "textbox", each.labels[0].innerText];
  };
  return [...document.querySelectorAll("main :is(h1, h2, h3, legend, input, select, textarea, button)")]
    .filter((each) => each.checkVisibility() && each.type !== "hidden" && each.ariaHidden !== "true")
    .map(said);
}"""


@pytest.fixture(scope="module")
def walk(browser: Browser, installation: Installation) -> Iterator[Walk]:
    made = Made(installation)
    walk = Walk(browser, installation, made, "fi", CITIZENS)
    yield walk
    walk.close()
    made.close()


@pytest.mark.parametrize("state", [state for state in CITIZENS if state.name in THE_WAY], ids=lambda state: state.name)
def test_what_is_seen_is_heard_in_the_same_order(walk: Walk, state: State) -> None:
    page = walk.to(state).page
    seen: list[list[str]] = page.evaluate(SEEN)
    heard = iter(bare(phrase) for phrase in page.evaluate(READ, installed(READER).read_text()))
    assert {role for role, _name in seen} >= {"heading", "button"}
    for role, name in seen:
        assert bare(name), f"a {role} without a name"
        wanted = bare(f"{role}, {name}" if role else name)
        assert any(phrase.startswith(wanted) for phrase in heard), f"{role} {name} is not heard in its place"


def bare(text: str) -> str:
    """A text without its spaces, of which reading makes others, and as the style sheet found it."""
    return "".join(text.split()).casefold()

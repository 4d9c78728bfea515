"""How the pages look to who needs large text, few colours, another contrast, big targets or paper."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from services.web.templating import ENVIRONMENTS
from shared.languages import LANGUAGES, NATIVE_INVITATIONS
from tests.installation import Installation

pytestmark = pytest.mark.browser
GALLERY = Path(__file__).with_name("gallery.html").read_text()
ALL_MAY = dict.fromkeys(("signed_in", "is_tutor", "may_book_for_others", "may_confirm"), True)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# Of what can be hit, as it is drawn: how wide and high. A link in a sentence may be smaller (WCAG 2.2, 2.5.8).
TOO_SMALL = """() => [...document.querySelectorAll("a[href], button, summary, select, textarea, input")]
  .map(found => found.closest("label") ?? found)
  .filter(found => found.getClientRects().length && found.getBoundingClientRect().right > 0)
  .map(found => ({
    text: found.outerHTML.slice(0, 200),
    least: found.matches("p a, li a, dd a") && getComputedStyle(found).display === "inline"
      && found.parentElement.textContent.trim() !== found.textContent.trim() ? 24 : 44,
    box: found.getBoundingClientRect(),
  }))
  .filter(({ box, least }) => Math.min(box.width, box.height) < least)
  .map(({ text, box }) => `${box.width} x ${box.height}: ${text}`)"""
SIDEWAYS = """() => [...document.querySelectorAll("body *")]
  .filter(found => found.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map(found => found.outerHTML.slice(0, 200))"""


@pytest.fixture
def narrow(browser: Browser, installation: Installation) -> Iterator[Page]:
    """A window as narrow as a desk's at 400 %, in Finnish, whose words are the longest."""
    context = browser.new_context(
        viewport={"width": 320, "height": 800}, locale="fi-FI", base_url=installation.gateway, bypass_csp=True
    )
    page = context.new_page()
    languages = [(code, NATIVE_INVITATIONS[code], f"?lang={code}") for code in LANGUAGES]
    gallery = ENVIRONMENTS["en"].from_string(GALLERY).render(languages=languages, **ALL_MAY)
    page.route("**/gallery", lambda route: route.fulfill(body=gallery, content_type="text/html"))
    yield page
    context.close()


@pytest.fixture(scope="module")
def paths(installation: Installation) -> list[str]:
    """Every page that a citizen comes to, and the gallery."""
    slot = installation.slots(channel="on_site")[0]
    mine = "/" + installation.book(slot["id"], name="Aili").json()["manage_url"].split("/", 3)[3]
    public = ["/", "/times?topic=e-services&municipality=305", "/times?topic=e-services&municipality=478"]
    asking = ["/wait?topic=e-services&municipality=478", f"/points/{slot['service_point_id']}", "/sign-in"]
    return [
        *public,
        *asking,
        mine,
        f"{mine}/move",
        f"{mine}/details",
        "/accessibility",
        "/privacy",
        "/none",
        "/gallery",
    ]


def no_barriers(page: Page, where: str) -> None:
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, f"{where}: {found.generate_report()}"


def test_every_page_can_be_read_dark_in_few_colours_and_with_large_text(narrow: Page, paths: list[str]) -> None:
    for path in paths:
        narrow.goto(path)
        narrow.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        assert narrow.evaluate(TOO_SMALL) == [], path
        narrow.emulate_media(color_scheme="dark")
        no_barriers(narrow, f"{path} dark")
        narrow.emulate_media(color_scheme="light", forced_colors="active")
        no_barriers(narrow, f"{path} in forced colours")
        narrow.emulate_media(forced_colors="none")
        narrow.add_style_tag(content="html { font-size: 225% }")  # twice ours
        assert narrow.evaluate(SIDEWAYS) == [], f"{path} with text of twice the size"


def test_the_keyboard_s_place_is_seen_in_light_and_dark(narrow: Page) -> None:
    for scheme in ("light", "dark"):
        narrow.emulate_media(color_scheme=scheme)
        narrow.goto("/gallery")
        for _ in range(12):
            narrow.keyboard.press("Tab")
            outline = narrow.evaluate("getComputedStyle(document.activeElement).outline")
            assert "4px" in outline, narrow.evaluate("document.activeElement.outerHTML")


def test_nothing_moves_for_who_wants_no_motion(narrow: Page) -> None:
    narrow.emulate_media(reduced_motion="reduce")
    narrow.goto("/gallery")
    moving = (
        "[...document.querySelectorAll('*')].filter(each => getComputedStyle(each).transitionDuration !== '0s').length"
    )
    assert narrow.evaluate(moving) == 0


def test_on_paper_there_are_no_buttons_and_the_letters_are_large(narrow: Page, paths: list[str]) -> None:
    narrow.emulate_media(media="print", color_scheme="dark")
    narrow.goto(next(path for path in paths if path.startswith("/a/")))
    assert narrow.locator("button, .button, nav, footer").filter(visible=True).count() == 0
    assert narrow.locator("dl.card").is_visible()
    size, ink = narrow.locator("dl.card").evaluate("e => [getComputedStyle(e).fontSize, getComputedStyle(e).color]")
    assert float(size.removesuffix("px")) >= 18
    assert ink == "rgb(33, 33, 33)"


def test_each_pictogram_is_drawn_in_the_colour_of_the_words_whichever_they_have(narrow: Page) -> None:
    narrow.goto("/")
    narrow.locator(".fold summary").click()
    drawn = "[...document.querySelectorAll('.pictogram use')].map(each => each.getBBox().width)"
    assert min(narrow.evaluate(drawn)) > 10
    for colours in ("none", "active"):
        narrow.emulate_media(forced_colors=colours)
        stroke, words = narrow.locator("summary .pictogram").evaluate(
            "each => [getComputedStyle(each).stroke, getComputedStyle(each.parentElement).color]"
        )
        assert stroke == words, colours


def test_a_scale_of_answers_is_read_downwards_at_every_width_and_other_choices_have_two_columns(narrow: Page) -> None:
    narrow.set_viewport_size({"width": 1280, "height": 800})
    narrow.goto("/gallery")
    columns = "found => new Set(found.map(each => each.getBoundingClientRect().left)).size"
    assert narrow.locator(".answers > .choice").evaluate_all(columns) == 1
    assert narrow.locator(".choices:not(.answers) > .choice").evaluate_all(columns) == 2

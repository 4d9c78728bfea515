"""How the pages look to who needs large text, few colours, another contrast, big targets or paper."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from services.web.templating import ENVIRONMENTS
from shared.languages import LANGUAGES, NATIVE_INVITATIONS
from tests.browser.checkers import bring
from tests.browser.looks import found_in_other_looks
from tests.installation import Installation

pytestmark = pytest.mark.browser
GALLERY = Path(__file__).with_name("gallery.html").read_text()
ALL_MAY = dict.fromkeys(("signed_in", "is_tutor", "may_book_for_others", "receives", "may_confirm"), True)


@pytest.fixture
def narrow(browser: Browser, installation: Installation) -> Iterator[Page]:
    """A window as narrow as a desk's at 400 %, in Finnish, whose words are the longest."""
    context = browser.new_context(
        viewport={"width": 320, "height": 800}, locale="fi-FI", base_url=installation.gateway, bypass_csp=True
    )
    page = context.new_page()
    languages = [(code, NATIVE_INVITATIONS[code], f"?lang={code}") for code in LANGUAGES]
    gallery = ENVIRONMENTS["en", False].from_string(GALLERY).render(languages=languages, **ALL_MAY)
    page.route("**/gallery", lambda route: route.fulfill(body=gallery, content_type="text/html"))
    yield page
    context.close()


def test_each_component_can_be_read_dark_in_few_colours_and_with_large_text(narrow: Page) -> None:
    """As the pages are, which `test_checkers` walks through."""
    narrow.goto("/gallery")
    bring(narrow)
    assert found_in_other_looks(narrow) == []


def test_the_keyboard_s_place_is_seen_in_light_and_dark(narrow: Page) -> None:
    for scheme in ("light", "dark"):
        narrow.emulate_media(color_scheme=scheme)
        narrow.goto("/gallery")
        for _ in range(12):
            narrow.keyboard.press("Tab")
            outline = narrow.evaluate("getComputedStyle(document.activeElement).outline")
            assert "4px" in outline, narrow.evaluate("document.activeElement.outerHTML")


def test_the_first_key_leads_past_the_menu(narrow: Page) -> None:
    narrow.goto("/")
    narrow.keyboard.press("Tab")
    narrow.keyboard.press("Enter")
    assert narrow.evaluate("document.activeElement.id") == "main"


def test_on_paper_there_are_no_buttons_and_the_letters_are_large(narrow: Page, installation: Installation) -> None:
    narrow.emulate_media(media="print", color_scheme="dark")
    narrow.goto(installation.book(installation.slots(channel="on_site")[0]["id"]).json()["manage_url"])
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

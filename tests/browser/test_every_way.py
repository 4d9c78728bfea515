"""Each journey of a citizen in each language, with and without scripts, on a phone and on a desk, by keyboard alone.

Not every combination: a set in which every pair of those five stands once at least, and a test that says so.
"""

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from services.web.language import LOCALE
from shared.languages import LANGUAGES, Language
from shared.texts import catalogue
from tests.browser.checkers import OVERFLOWS
from tests.browser.hands import Hand, Keyboard, Pointer
from tests.browser.made import Made
from tests.browser.steps import BOOK, SEND, new_address, reading
from tests.browser.walk import WIDTHS
from tests.installation import Installation, eventually

pytestmark = pytest.mark.browser
LINK = re.compile(r"https?://\S+/[aw]/\S+")
CODE = re.compile(r"\b(\d{6})\.")


@dataclass
class Journey:
    """Somebody on their way."""

    hand: Hand
    language: Language
    installation: Installation
    made: Made
    email: str = field(default_factory=new_address)

    def go(self, path: str) -> None:
        """Open an address."""
        self.hand.page.goto(path)

    def press(self, what: str, to: str) -> None:
        """Press something that leads to another page."""
        self.hand.press(what)
        self.hand.page.wait_for_url(re.compile(to))

    def ends(self, heading: str) -> None:
        """Read the heading of a page, in the language of this journey."""
        said = catalogue(LOCALE, self.language).gettext(heading)
        expect(self.hand.page.get_by_role("heading", level=1)).to_have_text(said)
        expect(self.hand.page.locator("html")).to_have_attribute("lang", self.language)

    def told(self) -> None:
        """Read, where a page says what has been done."""
        expect(self.hand.page.get_by_role("status")).not_to_be_empty()

    def message(self, number: int = 1) -> str:
        """The text of the newest message, once there are so many."""
        mails = eventually(lambda: found if len(found := self.installation.mails(self.email)) >= number else None)
        return str(mails[0]["text"])

    def booked(self) -> dict[str, Any]:
        """Book over the API."""
        slot = self.installation.slots(channel="on_site", drop_in="false", limit=60)[-1]
        answer = self.installation.book(slot["id"], email=self.email, language=self.language)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def open_link(self) -> None:
        """Open the link of the newest message."""
        self.go(LINK.findall(self.message())[0])


def book(on: Journey) -> None:
    on.go("/")
    on.hand.tick("input[name=topic][value=e-services]")
    on.hand.choose("#municipality", "305")
    on.press(SEND, "/times")
    on.press("button.time", "/book/")
    on.hand.write("#name", "Aili Mäkelä")
    on.hand.write("#email", on.email)
    on.press(BOOK, "/a/")
    on.ends("Your time is booked")
    on.open_link()
    on.ends("Your time")


def move(on: Journey) -> None:
    on.booked()
    on.open_link()
    on.press("a[href$='/move']", "/move")
    on.press("button.time", "moved=1")
    on.ends("Your time was moved")


def cancel(on: Journey) -> None:
    on.booked()
    on.open_link()
    on.hand.press("details:has(form[action$='/cancel']) > summary")
    on.hand.press("form[action$='/cancel'] button")
    on.ends("This time is cancelled")


def find_a_lost_link(on: Journey) -> None:
    word = on.booked()["code_word"]
    on.go("/lost")
    on.hand.write("#contact", on.email)
    on.hand.press(SEND)
    on.ends("Look at your messages")
    code = CODE.search(on.message(2))
    assert code
    on.hand.write("#code", code[1])
    on.hand.press(SEND)
    on.ends("Your times")
    on.press("article a.button", "/a/")
    expect(on.hand.page.locator(".word")).to_have_text(word)


def join_the_waitlist_and_leave_it(on: Journey) -> None:
    on.installation.let_wait_in("832")
    on.go("/times?topic=e-services&municipality=832")
    on.press("a[href^='/wait']", "/wait")
    on.hand.write("#name", "Aili Mäkelä")
    on.hand.write("#email", on.email)
    on.press(SEND, "/w/")
    on.ends("You are in the queue")
    expect(on.hand.page.get_by_role("main")).to_contain_text(f"{on.email[:2]}…@example.fi")
    on.open_link()
    on.hand.press("details:has(form[action$='/leave']) > summary")
    on.hand.press("form[action$='/leave'] button")
    on.ends("You are no longer in the queue")


def take_a_time_that_was_offered(on: Journey) -> None:
    on.go(f"/w/{on.made.offer(on.language)}")
    on.ends("A time is free for you")
    on.press("form[action$='/take'] button", "/a/")
    on.ends("Your time is booked")


def say_how_it_went(on: Journey) -> None:
    visit = on.booked()
    link = LINK.findall(on.message())[0]
    on.installation.begin_visit(visit["id"], ended=True)
    on.go(link)
    on.press("a[href$='/feedback']", "/feedback")
    on.hand.tick("input[name=met_need][value='5']")
    on.hand.tick("input[name=recommends][value=yes]")
    on.hand.write("#words", "Kiitos!")
    on.press(SEND, "said=1")
    on.told()


def see_correct_and_erase_ones_data(on: Journey) -> None:
    on.booked()
    on.open_link()
    on.press("a[href$='/details']", "/details")
    on.hand.write("#name", "Aili Korjattu")
    on.email = new_address("uusi")
    on.hand.write("#email", on.email)
    on.press("form:has(#name) > button", "corrected=1")
    on.told()
    expect(on.hand.page.locator("dl.card")).to_contain_text("Aili Korjattu")
    on.open_link()  # as it came to the new address
    on.press("a[href$='/details']", "/details")
    on.hand.press("details:has(form[action$='/erase']) > summary")
    on.press("form[action$='/erase'] button", "/erased")
    on.ends("Your details are erased")
    assert not LINK.search(on.message(2))


def choose_another_time_in_the_form(on: Journey) -> None:
    on.go("/times?topic=e-services&municipality=305")
    on.press("button.time", "/book/")
    on.hand.write("#name", "Aili Mäkelä")
    on.hand.press("button[name=do][value=other]")
    on.ends("Choose another time")
    on.press("button.time", "/book/")
    expect(on.hand.page.locator("#name")).to_have_value("Aili Mäkelä")


def find_nothing_and_then_something(on: Journey) -> None:
    on.go("/times?topic=e-services&municipality=614&language=fi&need=wheelchair&date=2199-01-01")
    expect(on.hand.page.locator("button.time")).to_have_count(0)
    on.press("a.button[href='/times?topic=e-services&municipality=614']", "municipality=614$")  # all choices away
    on.press("main a.button[href*='municipality=305']", "municipality=305")
    expect(on.hand.page.locator("button.time").first).to_be_visible()


JOURNEYS: list[Callable[[Journey], None]] = [
    book,
    move,
    cancel,
    find_a_lost_link,
    join_the_waitlist_and_leave_it,
    take_a_time_that_was_offered,
    say_how_it_went,
    see_correct_and_erase_ones_data,
    find_nothing_and_then_something,
    choose_another_time_in_the_form,
]
POINTER, KEYBOARD = "pointer", "keyboard"
# Language, scripts, width, hand: three of them for each journey, in turn.
WAYS: list[list[tuple[Language, bool, int, str]]] = [
    [("fi", False, 360, KEYBOARD), ("sv", True, 1280, POINTER), ("en", True, 360, POINTER)],
    [("fi", True, 1280, POINTER), ("sv", False, 360, KEYBOARD), ("en", False, 1280, POINTER)],
    [("fi", True, 360, POINTER), ("sv", False, 1280, POINTER), ("en", True, 1280, KEYBOARD)],
]
ROWS = [(journey, *way) for journey, ways in zip(JOURNEYS, itertools.cycle(WAYS), strict=False) for way in ways]


def test_each_pair_is_among_them() -> None:
    values = [JOURNEYS, LANGUAGES, (False, True), WIDTHS, (POINTER, KEYBOARD)]
    for (first, firsts), (second, seconds) in itertools.combinations(enumerate(values), 2):
        missing = set(itertools.product(firsts, seconds)) - {(row[first], row[second]) for row in ROWS}
        assert not missing, missing


def named(value: object) -> str:
    if isinstance(value, bool):
        return "scripts" if value else "no-scripts"
    return str(getattr(value, "__name__", value))


# The way to a time is walked whenever anything is tested, all others by `make pages`.
MARKED = [pytest.param(*row, marks=() if row[0] is book else pytest.mark.pages) for row in ROWS]


@pytest.mark.parametrize(("journey", "language", "scripts", "width", "hand"), MARKED, ids=named)
def test_it_is_walked_to_its_end(
    browser: Browser,
    installation: Installation,
    made: Made,
    journey: Callable[[Journey], None],
    language: Language,
    scripts: bool,
    width: int,
    hand: str,
) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    with reading(browser, installation, language, width=width, scripts=scripts) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        journey(Journey(Keyboard(page) if hand == KEYBOARD else Pointer(page), language, installation, made))
        assert not page.evaluate(OVERFLOWS)
    assert [url for url in asked if not url.startswith(f"{installation.gateway}/")] == []
    assert complaints == []

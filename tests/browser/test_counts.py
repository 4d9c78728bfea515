"""How much is asked of a citizen and their phone, counted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from services.web.static_files import file_address
from tests.browser.test_journeys import book, sign_in
from tests.installation import Installation

pytestmark = pytest.mark.browser
PAGES, FIELDS, TAPS = 3, 4, 8
OUTCOME_TAPS, DESK_KEYS = 4, 60
FIRST_PAGE_BYTES, FIRST_PAGE_REQUESTS = 50_000, 4
# A field of text is tapped before it is written in, a list is opened and chosen from.
TAPS_OF = {"text": 1, "tel": 1, "email": 1, "textarea": 1, "date": 1, "select-one": 2}
LISTEN = """() => {
  addEventListener("pointerdown", () => counted("tap", "", ""), true);
  addEventListener("input", (event) => counted("field", event.target.name, event.target.type), true);
}"""


@dataclass
class Asked:
    """What a citizen did, until the last page told them that it was done."""

    pages: int = 0
    taps: int = 0
    fields: dict[str, str] = field(default_factory=dict)

    def count(self, what: str, name: str, kind: str) -> None:
        """Count a tap, or something that was filled in."""
        if what == "tap":
            self.taps += 1
        elif name not in self.fields:
            self.fields[name] = kind
            self.taps += TAPS_OF.get(kind, 0)

    def load(self, response: Response) -> None:
        """Count a page that somebody reads."""
        if response.request.is_navigation_request() and response.status < 300:
            self.pages += 1


@pytest.fixture
def phone(browser: Browser, installation: Installation) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 800}, locale="fi-FI", base_url=installation.gateway)
    yield context.new_page()
    context.close()


@contextmanager
def counting(page: Page) -> Iterator[Asked]:
    """Count what a journey asks, whichever it is."""
    asked = Asked()
    page.expose_function("counted", asked.count)
    page.add_init_script(f"({LISTEN})()")
    page.on("response", asked.load)
    yield asked


def test_three_pages_few_fields_and_few_taps_to_a_time(phone: Page) -> None:
    with counting(phone) as asked:
        book(phone)
    assert asked.pages - 1 <= PAGES, "besides the one that says that it is booked"
    assert 0 < len(asked.fields) <= FIELDS, asked.fields
    assert 0 < asked.taps <= TAPS, asked.taps


def test_four_taps_say_all_of_how_a_visit_went(phone: Page, installation: Installation) -> None:
    tutor = installation.demo()["tutor"]
    me = installation.tutor_of(installation.sign_in(tutor))
    sign_in(phone, installation, tutor)
    [slot] = installation.slots(tutor=me, drop_in="false", limit=1)
    booked = installation.book(slot["id"], name="Aili Neljä").json()
    installation.begin_visit(booked["id"])
    visit = phone.get_by_role("article").filter(has_text="Aili Neljä")
    with counting(phone) as asked:
        phone.goto("/day")
        visit.get_by_label("45 min").check()
        visit.get_by_label("puhelin").check()
        visit.get_by_label("kyllä").check()
        visit.get_by_role("button", name="Tuli, ratkesi", exact=True).click()
        expect(visit).to_contain_text("tuli, ratkesi, 45 min, puhelin, pärjää itse")
    assert asked.taps <= OUTCOME_TAPS


def test_a_desk_books_with_few_keys_from_the_name_and_the_number_alone(phone: Page, installation: Installation) -> None:
    sign_in(phone, installation, installation.demo()["staff"])
    keys: list[str] = []
    phone.expose_function("pressed", lambda key: keys.append(key))  # Playwright writes a mark on what it is given
    phone.add_init_script('addEventListener("keydown", (event) => pressed(event.key), true);')
    phone.goto("/desk")
    hands = phone.keyboard
    for key in ("ArrowDown", "Tab", "Tab", "Enter"):  # another topic; the municipality is the desk's own
        hands.press(key)
    phone.wait_for_url("**/times?**")
    hands.press("Enter")  # the first time
    phone.wait_for_url("**/book/**")
    hands.type("Aili Mäkelä")
    hands.press("Tab")
    hands.type("0406854048")
    hands.press("Enter")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Aika on varattu")
    assert 0 < len(keys) < DESK_KEYS, keys


def test_the_first_page_is_light_and_asks_once_for_all_pictograms(phone: Page, installation: Installation) -> None:
    answers: list[Response] = []
    phone.on("response", lambda answer: answers.append(answer))  # Playwright writes a mark on what it is given
    phone.goto("/", wait_until="networkidle")
    asked = {answer.url.removeprefix(installation.gateway) for answer in answers}  # what is kept is fetched once
    drawings = file_address("pictograms.svg")
    assert drawings in asked
    assert len(asked) <= FIRST_PAGE_REQUESTS, asked
    assert phone.locator("link[rel=icon]").get_attribute("href") == drawings
    sizes = [answer.request.sizes() for answer in answers]
    assert sum(each["responseBodySize"] + each["responseHeadersSize"] for each in sizes) < FIRST_PAGE_BYTES
